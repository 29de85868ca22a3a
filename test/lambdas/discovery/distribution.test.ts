import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ObservedNode } from '../../../lambdas/clouds/kubernetes/nodes.ts'
import { type Distribution, distributionOf } from '../../../lambdas/discovery/distribution.ts'

const linux = { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': 'node-1' }

const controlPlane = {
  'node-role.kubernetes.io/control-plane': '',
  'node.kubernetes.io/exclude-from-external-load-balancers': '',
}

const criSocket = { 'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///run/containerd/containerd.sock' }

const clusterApi = {
  'cluster.x-k8s.io/cluster-name': 'prod',
  'cluster.x-k8s.io/cluster-namespace': 'default',
  'cluster.x-k8s.io/machine': 'prod-control-plane-x7c2b',
}

function node(part: Partial<ObservedNode> = {}): ObservedNode {
  const { labels = {}, annotations = {} } = part
  return {
    labels: { ...linux, ...labels },
    annotations: { 'node.alpha.kubernetes.io/ttl': '0', ...annotations },
    providerID: part.providerID ?? '',
    osImage: part.osImage ?? 'Ubuntu 24.04.3 LTS',
  }
}

describe('a cluster is recognised by its nodes and its version', () => {
  it.each<[Distribution, string, string, Partial<ObservedNode>]>([
    ['kubeadm', 'with the annotation of 1.33 and older', 'v1.33.2', { annotations: criSocket }],
    ['kubeadm', 'with only the labels of its control plane, from 1.34 on', 'v1.37.2', { labels: controlPlane }],
    ['k3s', 'on one machine', 'v1.33.2+k3s1', { labels: { 'node.kubernetes.io/instance-type': 'k3s' } }],
    ['k3s', 'on machines of Cluster API', 'v1.33.2+k3s1', { annotations: clusterApi }],
    ['rke2', 'without Rancher', 'v1.33.2+rke2r1', { labels: { 'node.kubernetes.io/instance-type': 'rke2' } }],
    ['rke2', 'on machines of Cluster API', 'v1.33.2+rke2r1', { annotations: clusterApi }],
    ['rancher', 'that runs RKE2', 'v1.33.2+rke2r1', { labels: { 'rke.cattle.io/machine': 'c0e2' } }],
    ['rancher', 'that runs k3s', 'v1.33.2+k3s1', { labels: { 'rke.cattle.io/machine': 'c0e2' } }],
    [
      'k0s',
      'with a controller that is a node',
      'v1.33.2+k0s.0',
      { labels: { 'node.k0sproject.io/role': 'control-plane' } },
    ],
    ['microk8s', 'without a suffix of its version', 'v1.32.9', { labels: { 'microk8s.io/cluster': 'true' } }],
    ['talos', 'from 1.13 on', 'v1.36.1', { osImage: 'Talos (v1.13.0)', labels: controlPlane }],
    ['talos', 'of a later series', 'v1.40.0', { osImage: 'Talos (v2.0.1)' }],
    ['talos', 'on machines of Cluster API', 'v1.37.0', { osImage: 'Talos (v1.14.2)', annotations: clusterApi }],
    ['talos-1.12', 'before 1.13', 'v1.35.0', { osImage: 'Talos (v1.12.4)', labels: controlPlane }],
    ['talos-1.12', 'of one digit', 'v1.30.1', { osImage: 'Talos (v1.7.0)', labels: controlPlane }],
    [
      'kind',
      'created by kubeadm',
      'v1.33.1',
      { annotations: criSocket, providerID: 'kind://docker/kind/kind-control-plane' },
    ],
    [
      'minikube',
      'created by kubeadm',
      'v1.33.1',
      { annotations: criSocket, labels: { 'minikube.k8s.io/name': 'minikube' } },
    ],
    ['openshift', 'of OKD', 'v1.20.0-1058+7d0a2b269a2741', { labels: { 'node.openshift.io/os_id': 'fedora' } }],
    ['openshift', 'on RHEL CoreOS', 'v1.29.6+aba1e8d', { labels: { 'node.openshift.io/os_id': 'rhcos' } }],
    [
      'eks-anywhere',
      'created by Cluster API and kubeadm',
      'v1.28.3-eks-1-28-9',
      { annotations: { ...criSocket, ...clusterApi, 'cluster.x-k8s.io/cluster-namespace': 'eksa-system' } },
    ],
    [
      'cluster-api',
      'created by kubeadm',
      'v1.33.2',
      { annotations: { ...criSocket, ...clusterApi }, labels: controlPlane },
    ],
    ['cluster-api', 'on EKS Distro', 'v1.28.3-eks-1-28-9', { annotations: clusterApi }],
    [
      'unknown',
      'of kOps, whose control plane is labelled as that of kubeadm',
      'v1.33.2',
      {
        labels: { ...controlPlane, 'kops.k8s.io/instancegroup': 'control-plane-eu-west-1a' },
      },
    ],
    ['unknown', 'without labels or annotations of a distribution', 'v1.33.2', {}],
    ['unknown', 'of EKS', 'v1.30.0-eks-036c24b', { labels: { 'eks.amazonaws.com/nodegroup': 'a' } }],
  ])('%s %s', (distribution, _, gitVersion, part) => {
    expect(distributionOf(gitVersion, [node(), node(part)])).toBe(distribution)
  })
})

describe('a cluster whose nodes cannot be read is recognised by its version', () => {
  it.each<[Distribution, string]>([
    ['k3s', 'v1.33.2+k3s1'],
    ['k3s', 'v1.33.1-rc1+k3s2'],
    ['rke2', 'v1.33.2+rke2r1'],
    ['k0s', 'v1.33.2+k0s.0'],
    ['openshift', 'v1.29.6+aba1e8d'],
    ['microk8s', 'v1.21.1-3+ba118484dd39df'],
    ['eks-anywhere', 'v1.21.2-eks-1-21-4'],
    ['unknown', 'v1.37.2'],
    ['unknown', 'v1.30.0-eks-036c24b'],
    ['unknown', 'v1.33.2-gke.100'],
    ['unknown', 'v1.20.0-1058+7d0a2b269a2741'],
    ['unknown', ''],
  ])('%s by %s', (distribution, gitVersion) => {
    expect(distributionOf(gitVersion, [])).toBe(distribution)
  })
})

it('the order of the nodes does not matter', () => {
  const nodes = [
    node({ annotations: criSocket }),
    node({ providerID: 'kind://docker/kind/kind-worker' }),
    node({ labels: controlPlane }),
    node(),
  ]
  fc.assert(
    fc.property(fc.shuffledSubarray(nodes, { minLength: nodes.length }), (shuffled) => {
      expect(distributionOf('v1.33.1', shuffled)).toBe('kind')
    }),
  )
})

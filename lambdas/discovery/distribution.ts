import type { ObservedNode } from '../clouds/kubernetes/nodes.ts'

/**
 * The distribution of a cluster. `rancher` is RKE2 or k3s that Rancher configures. `talos-1.12` is Talos up to 1.12,
 * whose settings accept only one issuer. `unknown` is any other kube-apiserver.
 */
export type Distribution =
  | 'cluster-api'
  | 'eks-anywhere'
  | 'k0s'
  | 'k3s'
  | 'kind'
  | 'kubeadm'
  | 'microk8s'
  | 'minikube'
  | 'openshift'
  | 'rancher'
  | 'rke2'
  | 'talos'
  | 'talos-1.12'
  | 'unknown'

/**
 * Where a trait is found: in the version of the server, or in a field of a Node. Labels and annotations are KEY=VALUE.
 */
type Source = 'version' | 'label' | 'annotation' | 'providerID' | 'osImage'

/** A text that identifies a distribution. */
interface Trait {
  readonly of: Distribution
  readonly in: Source
  readonly is: RegExp
}

/**
 * The first matching trait decides. A distribution that builds on another one precedes it: Rancher before RKE2 and k3s;
 * kind, minikube, EKS Anywhere and Cluster API before kubeadm; EKS Anywhere before Cluster API.
 */
const traits: readonly Trait[] = [
  // https://github.com/rancher/rancher/blob/main/pkg/capr/common.go (MachineUIDLabel)
  { of: 'rancher', in: 'label', is: /^rke\.cattle\.io\/machine=/ },
  // https://docs.k3s.io/release-notes/v1.30.X
  { of: 'k3s', in: 'version', is: /\+k3s\d/ },
  // https://docs.rke2.io/release-notes/v1.30.X
  { of: 'rke2', in: 'version', is: /\+rke2r\d/ },
  // https://github.com/k0sproject/k0s/releases
  { of: 'k0s', in: 'version', is: /\+k0s\.\d/ },
  // https://github.com/siderolabs/talos/blob/v1.13.0/internal/pkg/discovery/registry/kubernetes_test.go ("Talos (v1.0.0)")
  { of: 'talos-1.12', in: 'osImage', is: /^Talos \(v(0|1\.(\d|1[0-2]))\./ },
  { of: 'talos', in: 'osImage', is: /^Talos \(/ },
  // https://github.com/openshift/machine-config-operator/blob/master/templates/master/01-master-kubelet/_base/units/kubelet.service.yaml
  { of: 'openshift', in: 'label', is: /^node\.openshift\.io\/os_id=/ },
  // https://github.com/canonical/microk8s/blob/master/microk8s-resources/default-args/kubelet
  { of: 'microk8s', in: 'label', is: /^microk8s\.io\/cluster=true$/ },
  // https://github.com/kubernetes-sigs/kind/blob/main/pkg/cluster/internal/kubeadm/config.go
  { of: 'kind', in: 'providerID', is: /^kind:\/\// },
  // https://minikube.sigs.k8s.io/docs/handbook/ (its labels: pkg/minikube/bootstrapper/kubeadm/kubeadm.go)
  { of: 'minikube', in: 'label', is: /^minikube\.k8s\.io\/name=/ },
  // kOps labels its control plane as kubeadm does, and has its own settings: https://kops.sigs.k8s.io/labels/
  { of: 'unknown', in: 'label', is: /^kops\.k8s\.io\/instancegroup=/ },
  // EKS Anywhere has its machines in this namespace:
  // https://anywhere.eks.amazonaws.com/docs/clustermgmt/cluster-upgrades/
  { of: 'eks-anywhere', in: 'annotation', is: /^cluster\.x-k8s\.io\/cluster-namespace=eksa-system$/ },
  // https://github.com/kubernetes-sigs/cluster-api/blob/main/api/core/v1beta2/common_types.go (ClusterNameAnnotation)
  { of: 'cluster-api', in: 'annotation', is: /^cluster\.x-k8s\.io\/cluster-name=/ },
  // kubeadm 1.34 removes this annotation:
  // https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.34.md (NodeLocalCRISocket)
  { of: 'kubeadm', in: 'annotation', is: /^kubeadm\.alpha\.kubernetes\.io\/cri-socket=/ },
  // kubeadm sets this label on control-plane nodes:
  // https://github.com/kubernetes/kubernetes/blob/v1.37.2/cmd/kubeadm/app/phases/markcontrolplane/markcontrolplane.go
  { of: 'kubeadm', in: 'label', is: /^node\.kubernetes\.io\/exclude-from-external-load-balancers=$/ },
  // The following traits are for clusters whose nodes cannot be read. They come last, because other distributions than
  // EKS Anywhere also run the servers of EKS Distro.
  // "v1.29.6+aba1e8d" of OpenShift 4.16, as `oc version` prints it
  { of: 'openshift', in: 'version', is: /^v1\.\d+\.\d+\+[0-9a-f]{7}$/ },
  // "v1.21.1-3+ba118484dd39df" of older releases. Newer servers of MicroK8s report "v1.27.2", as many distributions do.
  { of: 'microk8s', in: 'version', is: /^v1\.\d+\.\d+-\d{1,2}\+[0-9a-f]{14}$/ },
  // "v1.28.3-eks-1-28-9" of EKS Distro: https://github.com/aws/eks-distro. EKS itself reports "v1.30.0-eks-036c24b".
  { of: 'eks-anywhere', in: 'version', is: /-eks-1-\d+-\d+$/ },
]

/** Returns the distribution by `gitVersion` of /version and the nodes, or by the version if no node can be read. */
export function distributionOf(gitVersion: string, nodes: readonly ObservedNode[]): Distribution {
  const texts = textsOf(gitVersion, nodes)
  return traits.find((trait) => texts[trait.in].some((text) => trait.is.test(text)))?.of ?? 'unknown'
}

function textsOf(gitVersion: string, nodes: readonly ObservedNode[]): Record<Source, readonly string[]> {
  return {
    version: [gitVersion],
    label: nodes.flatMap((node) => pairsOf(node.labels)),
    annotation: nodes.flatMap((node) => pairsOf(node.annotations)),
    providerID: nodes.map((node) => node.providerID),
    osImage: nodes.map((node) => node.osImage),
  }
}

function pairsOf(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([key, value]) => `${key}=${value}`)
}

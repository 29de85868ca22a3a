import { madeMetadata } from '../controllers/writes.ts'
import { type KubeObject, timestamp } from '../objects/objects.ts'

/**
 * The nodes of a kubeadm cluster: a control-plane node and a worker node. kubeadm sets the annotation cri-socket on
 * each node, and the labels and the taint on control-plane nodes:
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/
 */
export function kubeadmNodes(cluster: string, gitVersion: string): KubeObject[] {
  const controlPlane = 'node-role.kubernetes.io/control-plane'
  return [
    node(`${cluster}-control-plane`, '10.20.0.10', gitVersion, {
      labels: { [controlPlane]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' },
      taints: [{ key: controlPlane, effect: 'NoSchedule' }],
    }),
    node(`${cluster}-worker`, '10.20.0.11', gitVersion, { labels: {}, taints: [] }),
  ]
}

interface Role {
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly { readonly key: string; readonly effect: string }[]
}

function node(name: string, address: string, gitVersion: string, { labels, taints }: Role): KubeObject {
  const now = timestamp()
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...madeMetadata(name),
      annotations: {
        'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///run/containerd/containerd.sock',
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...labels,
      },
    },
    spec: taints.length === 0 ? {} : { taints },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastHeartbeatTime: now,
          lastTransitionTime: now,
        },
      ],
      nodeInfo: {
        architecture: 'amd64',
        containerRuntimeVersion: 'containerd://2.1.4',
        kernelVersion: '6.8.0-79-generic',
        kubeletVersion: gitVersion,
        operatingSystem: 'linux',
        osImage: 'Ubuntu 24.04.3 LTS',
      },
    },
  }
}

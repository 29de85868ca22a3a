import { type ApiClient, ApiRefusal } from '../api-client.ts'
import { timestamp } from '../objects/objects.ts'

export const nodeName = 'sandbox-node'

const hostAddress = '10.128.0.2'

/** Creates a Node object that is ready for pods. No controller of the cluster checks it, so it needs no renewal. */
export async function registerNode(client: ApiClient): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName, labels } }
  await client.call('POST', '/api/v1/nodes', body).catch((error: unknown) => {
    const isThere = error instanceof ApiRefusal && error.code === 409
    if (!isThere) throw error
  })
  // Admission has tainted the new node as not ready.
  await client.merge(`/api/v1/nodes/${nodeName}`, { spec: { taints: null } })
  const now = timestamp()
  const capacity = { cpu: '2', memory: '4Gi', pods: '110' }
  await client.merge(`/api/v1/nodes/${nodeName}/status`, {
    status: {
      addresses: [
        { type: 'InternalIP', address: hostAddress },
        { type: 'Hostname', address: nodeName },
      ],
      capacity,
      allocatable: capacity,
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'the sandbox runs the pods of the webhook, and reports all other pods as running',
          lastHeartbeatTime: now,
          lastTransitionTime: now,
        },
      ],
    },
  })
}

const labels = {
  'kubernetes.io/hostname': nodeName,
  'kubernetes.io/os': 'linux',
  'topology.kubernetes.io/zone': 'sandbox-a',
}

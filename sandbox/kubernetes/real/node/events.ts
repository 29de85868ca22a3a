import { randomBytes } from 'node:crypto'
import type { ApiClient } from '../../api-client.ts'
import { type KubeObject, timestamp } from '../../objects.ts'

/** An event about a pod, as a kubelet tells it. */
export interface PodEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

export async function tellEvent(client: ApiClient, pod: KubeObject, event: PodEvent): Promise<void> {
  const { name, namespace = '', uid } = pod.metadata
  const now = timestamp()
  await client.call('POST', `/api/v1/namespaces/${namespace}/events`, {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${randomBytes(8).toString('hex')}`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
    source: { component: 'kubelet' },
    ...event,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
  })
}

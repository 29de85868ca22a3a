import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import { removeObject } from '../../../lambdas/objects/remove.ts'
import { createdByUs, removeCreated } from '../../../lambdas/objects/remove-owned.ts'
import { withOwnershipLabels } from '../../../lambdas/ownership/kubernetes.ts'
import { kubernetesOwnership } from '../../../lambdas/ownership/labels.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { clientOf } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: AnyCluster
let client: ClusterClient
let count = 0

beforeAll(async () => {
  cluster = await clusters.start('prod-eu')
})
beforeEach(() => {
  client = clientOf(cluster)
  count += 1
})

const ref = () => ({ apiVersion: 'v1', kind: 'ServiceAccount', name: `made-${count}`, namespace: 'default' }) as const
const create = () => {
  const { apiVersion, kind, ...metadata } = ref()
  return client.create(withOwnershipLabels({ apiVersion, kind, metadata }, client.owner))
}

describe('an object that we made', () => {
  it('stays when somebody marks it as adopted between the check of its owner and the delete', async () => {
    const made = await create()
    const get = client.get.bind(client)
    vi.spyOn(client, 'get').mockImplementationOnce(async (asked) => {
      const live = await get(asked)
      await client.patchMetadata(ref(), made, { annotations: { [kubernetesOwnership.adoptedAnnotation]: 'true' } })
      return live
    })
    expect(await removeObject(client, ref(), false)).toMatchObject([{ action: 'updated' }])
    expect(await client.get(ref())).toBeDefined()
  })

  it('is deleted, and a new object of its name is not', async () => {
    await create()
    const made = await createdByUs(client, ref())
    await client.delete(ref())
    await create()
    await expect(removeCreated(client, ref(), made)).rejects.toMatchObject({ name: 'ConcurrentChange' })
    expect(await client.get(ref())).toBeDefined()
  })
})

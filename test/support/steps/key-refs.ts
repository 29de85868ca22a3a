import { usableKeys } from '../../../lambdas/clouds/public-key.ts'
import { identified } from '../../../lambdas/discovery/published-keys.ts'
import type { KeyRef } from '../../../lambdas/operations/record/record.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'

/** The current keys of a cluster in the form of the record. */
export async function keyRefsOf(cluster: AnyCluster): Promise<KeyRef[]> {
  const { keySet } = await cluster.issuerDocuments()
  const keys = await identified(usableKeys(keySet))
  return keys.map(({ key: { kid }, thumbprint }) => ({ kid, thumbprint }))
}

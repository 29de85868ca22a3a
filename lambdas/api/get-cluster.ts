import { holderToShow } from '../operations/stale-lock.ts'
import { clusterViewOf } from './cluster-view.ts'
import { findCluster } from './find-cluster.ts'
import { operation } from './operation.ts'

export const handler = operation(async (call) => {
  const recorded = await findCluster(call)
  const holder = recorded.lock && (await holderToShow(recorded.lock.operationId))
  return { status: 200, body: clusterViewOf(recorded, holder) }
})

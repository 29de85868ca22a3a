import { operation } from '../middleware/operation.ts'
import { acceptTeardown } from './accept-teardown.ts'
import { findCluster } from './find-cluster.ts'
import { clusterTeardownQuery, readQuery } from './queries.ts'

export const handler = operation(async (call) => {
  const options = readQuery(clusterTeardownQuery, call.query)
  return acceptTeardown(call, await findCluster(call), { options })
})

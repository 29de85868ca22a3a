import { operation } from '../middleware/operation.ts'
import { accept } from './accept.ts'
import { askedTeardown } from './asked-teardown.ts'
import { findCluster } from './find-cluster.ts'
import { clusterTeardownQuery, readQuery } from './queries.ts'

export const handler = operation((call) => {
  const options = readQuery(clusterTeardownQuery, call.query)
  return accept(call, async () => askedTeardown(await findCluster(call), { options }))
})

import { hashOf } from '../operations/request-hash.ts'
import { accept } from './accept.ts'
import { askedTeardown } from './asked-teardown.ts'
import { findCluster } from './find-cluster.ts'
import { operation } from './operation.ts'
import { clusterTeardownQuery, readQuery } from './queries.ts'

export const handler = operation((call) => {
  const options = readQuery(clusterTeardownQuery, call.query)
  const requestHash = hashOf(['teardown', call.parameters.cluster, { options }])
  return accept(call, requestHash, async () => askedTeardown(await findCluster(call), { options }))
})

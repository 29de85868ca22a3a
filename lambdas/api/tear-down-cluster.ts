import { hashOf } from '../operations/request-hash.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { operation } from './operation.ts'
import { clusterTeardownQuery, readQuery } from './queries.ts'
import { teardownOperation } from './teardown-operation.ts'

export const handler = operation((call) => {
  const options = readQuery(clusterTeardownQuery, call.query)
  const requestHash = hashOf(['teardown', call.parameters.cluster, { options }])
  return accept(call, requestHash, async () => teardownOperation(await findCluster(call), { options }))
})

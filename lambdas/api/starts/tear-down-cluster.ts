import { clusterTeardownChecks } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { clusterIn } from '../path-names.ts'
import { clusterTeardownQuery, readQuery } from '../queries.ts'
import { starting } from './starting.ts'
import { teardownOperation } from './teardown-operation.ts'

export const handler = starting({
  authorizes: (call) => {
    const options = readQuery(clusterTeardownQuery, call.query)
    return { checks: clusterTeardownChecks(clusterIn(call), options), input: options }
  },
  requests: async (call, options) => teardownOperation(await findCluster(call), { options }),
})

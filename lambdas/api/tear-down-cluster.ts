import { hashOf } from '../operations/request-hash.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { operation } from './operation.ts'
import { clusterIn } from './path-names.ts'
import { clusterTeardownQuery, readQuery } from './queries.ts'
import { clusterTeardownQuestions } from './questions.ts'
import { teardownOperation } from './teardown-operation.ts'

export const handler = operation({
  asks: (call) => {
    const options = readQuery(clusterTeardownQuery, call.query)
    return { questions: clusterTeardownQuestions(clusterIn(call), options), subject: options }
  },
  runs: (call, options) => {
    const requestHash = hashOf(['teardown', call.parameters.cluster, { options }])
    return accept(call, requestHash, async () => teardownOperation(await findCluster(call), { options }))
  },
})

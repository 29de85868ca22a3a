import { hashOf } from '../operations/request-hash.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { operation } from './operation.ts'
import { clusterIn, workloadIn } from './path-names.ts'
import { readQuery, workloadTeardownQuery } from './queries.ts'
import { workloadTeardownQuestions } from './questions.ts'
import { teardownOperation } from './teardown-operation.ts'

export const handler = operation({
  asks: (call) => {
    const options = { ...readQuery(workloadTeardownQuery, call.query), deleteCluster: false }
    const workload = workloadIn(call)
    const questions = workloadTeardownQuestions(clusterIn(call), workload, options.force)
    return { questions, subject: { workload, options } }
  },
  runs: (call, { workload, options }) => {
    const requestHash = hashOf(['teardown', call.parameters.cluster, { workload, options }])
    return accept(call, requestHash, async () => {
      const recorded = await findCluster(call)
      findWorkload(call, recorded, workload)
      return teardownOperation(recorded, { workload, options })
    })
  },
})

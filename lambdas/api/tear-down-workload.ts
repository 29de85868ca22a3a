import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { clusterIn, workloadIn } from './path-names.ts'
import { readQuery, workloadTeardownQuery } from './queries.ts'
import { workloadTeardownQuestions } from './questions.ts'
import { starting } from './starting.ts'
import { teardownOperation } from './teardown-operation.ts'

export const handler = starting({
  asks: (call) => {
    const options = { ...readQuery(workloadTeardownQuery, call.query), deleteCluster: false }
    const workload = workloadIn(call)
    const questions = workloadTeardownQuestions(clusterIn(call), workload, options.force)
    return { questions, subject: { workload, options } }
  },
  requests: async (call, { workload, options }) => {
    const recorded = await findCluster(call)
    findWorkload(call, recorded, workload)
    return teardownOperation(recorded, { workload, options })
  },
})

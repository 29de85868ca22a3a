import { verificationBody, verificationRequest } from '../workflows/verification/verification.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { clusterIn } from './path-names.ts'
import { ProblemError, problem } from './problem.ts'
import { chosenResource } from './questions.ts'
import { readOptionalBody } from './read-optional-body.ts'
import { starting } from './starting.ts'

export const handler = starting({
  asks: (call) => {
    const body = readOptionalBody(call, verificationBody)
    const resource = chosenResource(clusterIn(call), body.workload)
    return { questions: [{ action: 'start-verification', resource }], subject: body }
  },
  requests: async (call, body) => {
    const recorded = await findCluster(call)
    if (body.workload) findWorkload(call, recorded, body.workload)
    const made = verificationRequest(recorded, body.workload)
    if ('refused' in made) throw new ProblemError(problem('conflict', { detail: made.refused }))
    return { kind: 'verification', cluster: recorded.cluster.cluster, request: made.request }
  },
})

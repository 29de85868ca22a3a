import { hashOf } from '../operations/request-hash.ts'
import { verificationBody, verificationRequest } from '../workflows/verification/verification.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { operation, ProblemError } from './operation.ts'
import { clusterIn } from './path-names.ts'
import { problem } from './problem.ts'
import { chosenResource } from './questions.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation({
  asks: (call) => {
    const body = readOptionalBody(call, verificationBody)
    const resource = chosenResource(clusterIn(call), body.workload)
    return { questions: [{ action: 'start-verification', resource }], subject: body }
  },
  runs: (call, body) =>
    accept(call, hashOf(['verification', call.parameters.cluster, body]), async () => {
      const recorded = await findCluster(call)
      if (body.workload) findWorkload(call, recorded, body.workload)
      const made = verificationRequest(recorded, body.workload)
      if ('refused' in made) throw new ProblemError(problem('conflict', { detail: made.refused }))
      return { kind: 'verification', cluster: recorded.cluster.cluster, request: made.request }
    }),
})

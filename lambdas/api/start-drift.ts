import { hashOf } from '../operations/request-hash.ts'
import { driftBody, driftRequest } from '../workflows/comparison/drift.ts'
import { accept } from './accept.ts'
import { deployment } from './deployment.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { operation, ProblemError } from './operation.ts'
import { clusterIn } from './path-names.ts'
import { problem } from './problem.ts'
import { chosenResource } from './questions.ts'
import { readOptionalBody } from './read-optional-body.ts'
import { refusedNow } from './refused-now.ts'

export const handler = operation({
  asks: (call) => {
    const body = readOptionalBody(call, driftBody)
    const resource = chosenResource(clusterIn(call), body.workload)
    return { questions: [{ action: 'start-drift', resource }], subject: body }
  },
  runs: (call, body) =>
    accept(call, hashOf(['drift', call.parameters.cluster, body]), async () => {
      const recorded = await findCluster(call)
      if (body.workload) findWorkload(call, recorded, body.workload)
      const made = driftRequest(recorded, body.workload, refusedNow(recorded, deployment()))
      if ('refused' in made) throw new ProblemError(problem('conflict', { detail: made.refused }))
      return { kind: 'drift', cluster: recorded.cluster.cluster, request: made.request }
    }),
})

import { hashOf } from '../operations/request-hash.ts'
import { driftBody, driftRequest } from '../workflows/comparison/drift.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { operation, ProblemError } from './operation.ts'
import { problem } from './problem.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation((call) => {
  const body = readOptionalBody(call, driftBody)
  return accept(call, hashOf(['drift', call.parameters.cluster, body]), async () => {
    const recorded = await findCluster(call)
    if (body.workload) findWorkload(recorded, body.workload)
    const made = driftRequest(recorded, body.workload)
    if ('refused' in made) throw new ProblemError(problem('conflict', { detail: made.refused }))
    return { kind: 'drift', cluster: recorded.cluster.cluster, request: made.request }
  })
})

import { problem } from '../domain/problem.ts'
import { hashOf } from '../domain/request/normalise.ts'
import { verificationBody, verificationRequest } from '../domain/verification.ts'
import { operation, Refusal } from '../middleware/operation.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation((call) => {
  const body = readOptionalBody(call, verificationBody)
  return accept(call, hashOf(['verification', call.parameters.cluster, body]), async () => {
    const recorded = await findCluster(call)
    if (body.workload) findWorkload(recorded, body.workload)
    const made = verificationRequest(recorded, body.workload)
    if ('refused' in made) throw new Refusal(problem('conflict', { detail: made.refused }))
    return { kind: 'verification', cluster: recorded.cluster.cluster, request: made.request }
  })
})

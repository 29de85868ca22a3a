import { problem } from '../domain/problem.ts'
import { hashOf } from '../domain/request/normalise.ts'
import { verificationBody, verificationRequest } from '../domain/verification.ts'
import { operation, Refusal } from '../middleware/operation.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation(async (call) => {
  const body = readOptionalBody(call, verificationBody)
  const recorded = await findCluster(call)
  if (body.workload) findWorkload(recorded, body.workload)
  const made = verificationRequest(recorded, body.workload)
  if ('refused' in made) throw new Refusal(problem('conflict', { detail: made.refused }))
  const { cluster } = recorded.cluster
  const requestHash = hashOf(['verification', cluster, body])
  return accept(call, async () => ({ kind: 'verification', cluster, request: made.request, requestHash }))
})

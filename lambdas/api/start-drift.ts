import { driftBody, driftRequest } from '../domain/drift.ts'
import { problem } from '../domain/problem.ts'
import { hashOf } from '../domain/request/normalise.ts'
import { operation, Refusal } from '../middleware/operation.ts'
import { accept } from './accept.ts'
import { findCluster } from './find-cluster.ts'
import { findWorkload } from './find-workload.ts'
import { readOptionalBody } from './read-optional-body.ts'

export const handler = operation(async (call) => {
  const body = readOptionalBody(call, driftBody)
  const recorded = await findCluster(call)
  if (body.workload) findWorkload(recorded, body.workload)
  const made = driftRequest(recorded, body.workload)
  if ('refused' in made) throw new Refusal(problem('conflict', { detail: made.refused }))
  const { cluster } = recorded.cluster
  const requestHash = hashOf(['drift', cluster, body])
  return accept(call, async () => ({ kind: 'drift', cluster, request: made.request, requestHash }))
})

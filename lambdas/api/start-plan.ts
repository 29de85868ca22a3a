import { invalidRequest } from '../domain/problem.ts'
import { hashOf } from '../domain/request/normalise.ts'
import { maxRequestBytes, parseSetupRequest } from '../domain/request.ts'
import { operation, Refusal } from '../middleware/operation.ts'
import { readJson } from '../middleware/read-json.ts'
import { accept } from './accept.ts'
import { deployment } from './deployment.ts'

export const handler = operation((call) => {
  const parsed = parseSetupRequest(readJson(call, maxRequestBytes), deployment())
  if (!parsed.ok) throw new Refusal(invalidRequest(parsed.faults))
  const { request } = parsed
  const requestHash = hashOf(['plan', request])
  return accept(call, async () => ({
    kind: 'plan',
    cluster: request.cluster.name,
    request: { ...request },
    requestHash,
  }))
})

import { invalidRequest } from '../domain/problem.ts'
import { maxRequestBytes, parseSetupRequest, requestHash } from '../domain/request.ts'
import { operation, Refusal } from '../middleware/operation.ts'
import { readJson } from '../middleware/read-json.ts'
import { accept } from './accept.ts'
import { askedSetup } from './asked-setup.ts'
import { deployment } from './deployment.ts'
import { refuseMoves } from './refuse-moves.ts'

export const handler = operation((call) => {
  const parsed = parseSetupRequest(readJson(call, maxRequestBytes), deployment())
  if (!parsed.ok) throw new Refusal(invalidRequest(parsed.faults))
  const { request } = parsed
  return accept(call, requestHash(request), async () => askedSetup(request, await refuseMoves(request)))
})

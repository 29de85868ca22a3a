import { invalidRequest } from '../domain/problem.ts'
import { maxRequestBytes, parseSetupRequest } from '../domain/request.ts'
import { operation, Refusal } from '../middleware/operation.ts'
import { readJson } from '../middleware/read-json.ts'
import { acceptSetup } from './accept-setup.ts'
import { deployment } from './deployment.ts'

export const handler = operation((call) => {
  const parsed = parseSetupRequest(readJson(call, maxRequestBytes), deployment())
  if (!parsed.ok) throw new Refusal(invalidRequest(parsed.faults))
  return acceptSetup(call, parsed.request)
})

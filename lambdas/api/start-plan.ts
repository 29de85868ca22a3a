import { hashOf } from '../operations/request-hash.ts'
import { accept } from './accept.ts'
import { deployment } from './deployment.ts'
import { operation, Refusal } from './operation.ts'
import { maxRequestBytes, parseSetupRequest } from './parse-setup.ts'
import { invalidRequest } from './problem.ts'
import { readJson } from './read-json.ts'
import { refuseMoves } from './refuse-moves.ts'

export const handler = operation((call) => {
  const parsed = parseSetupRequest(readJson(call, maxRequestBytes), deployment())
  if (!parsed.ok) throw new Refusal(invalidRequest(parsed.faults))
  const { request } = parsed
  return accept(call, hashOf(['plan', request]), async () => {
    await refuseMoves(request)
    return { kind: 'plan', cluster: request.cluster.name, request: { ...request } }
  })
})

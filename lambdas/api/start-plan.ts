import { hashOf } from '../operations/request-hash.ts'
import { accept } from './accept.ts'
import { deployment } from './deployment.ts'
import { operation, ProblemError } from './operation.ts'
import { maxRequestBytes, parseSetupRequest } from './parse-setup.ts'
import { invalidRequest } from './problem.ts'
import { readJson } from './read-json.ts'
import { withRecordedNames } from './recorded-names.ts'
import { refuseImmutableChanges } from './refuse-immutable-changes.ts'

export const handler = operation((call) => {
  const parsed = parseSetupRequest(readJson(call, maxRequestBytes), deployment())
  if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
  const { request } = parsed
  return accept(call, hashOf(['plan', request]), async () => {
    const recorded = await refuseImmutableChanges(request)
    return { kind: 'plan', cluster: request.cluster.name, request: { ...withRecordedNames(request, recorded) } }
  })
})

import { mergedWorkloads } from '../operations/generation.ts'
import { accept } from './accept.ts'
import { deployment } from './deployment.ts'
import { operation, ProblemError } from './operation.ts'
import { maxRequestBytes, parseSetupRequest, requestHash } from './parse-setup.ts'
import { invalidRequest } from './problem.ts'
import { setupQuestions } from './questions.ts'
import { readJson } from './read-json.ts'
import { withRecordedWebhook } from './recorded-webhook.ts'
import { refuseImmutableChanges } from './refuse-immutable-changes.ts'
import { requestedClaims } from './requested-claims.ts'
import { setupOperation } from './setup-operation.ts'

export const handler = operation({
  asks: (call) => {
    const body = readJson(call, maxRequestBytes)
    const parsed = parseSetupRequest(body, deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    return { questions: setupQuestions(parsed.request, deployment().name), subject: { request: parsed.request, body } }
  },
  runs: (call, { request, body }) =>
    accept(call, requestHash(request), async () => {
      const recorded = await refuseImmutableChanges(request)
      const { request: filled, ...taken } = withRecordedWebhook(request, body, recorded?.cluster)
      const claims = await requestedClaims(call, filled, recorded)
      return { ...setupOperation(filled, recorded, mergedWorkloads(recorded, filled.workloads)), ...taken, ...claims }
    }),
})

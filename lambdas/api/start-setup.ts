import { deployment } from './deployment.ts'
import { readIfMatch } from './if-match.ts'
import { maxRequestBytes, parseSetupRequest } from './parse-setup.ts'
import { invalidRequest, ProblemError } from './problem.ts'
import { declaringQuery, readQuery } from './queries.ts'
import { setupQuestions } from './questions.ts'
import { readJson } from './read-json.ts'
import { withRecordedWebhook } from './recorded-webhook.ts'
import { refuseImmutableChanges } from './refuse-immutable-changes.ts'
import { requireGeneration } from './removals.ts'
import { requestedClaims } from './requested-claims.ts'
import { setupOperation } from './setup-operation.ts'
import { mergedWorkloads, refuseConflicts } from './spec-change.ts'
import { starting } from './starting.ts'

export const handler = starting({
  asks: (call) => {
    const body = readJson(call, maxRequestBytes)
    const parsed = parseSetupRequest(body, deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    const { request } = parsed
    const options = readQuery(declaringQuery, call.query)
    return { questions: setupQuestions(request, deployment().name), subject: { request, body, options } }
  },
  requests: async (call, { request, body, options }) => {
    const recorded = await refuseImmutableChanges(request)
    requireGeneration(readIfMatch(call), recorded)
    const change = mergedWorkloads(recorded, { ...options, workloads: request.workloads })
    refuseConflicts(change)
    const { request: filled, ...taken } = withRecordedWebhook(request, body, recorded?.cluster)
    const claims = await requestedClaims(call, filled, recorded)
    return { ...setupOperation(call, filled, recorded, change.workloads), ...taken, ...claims }
  },
})

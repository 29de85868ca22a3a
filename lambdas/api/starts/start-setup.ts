import { setupChecks } from '../access/checks.ts'
import { deployment } from '../deployment.ts'
import { readIfMatch } from '../if-match.ts'
import { invalidRequest, ProblemError } from '../problem.ts'
import { declaringQuery, readQuery } from '../queries.ts'
import { maxRequestBytes, parseSetupRequest } from '../request/parse-setup.ts'
import { readJson } from '../request/read-json.ts'
import { withRecordedWebhook } from '../spec/recorded-webhook.ts'
import { refuseImmutableChanges } from '../spec/refuse-immutable-changes.ts'
import { requireGeneration } from '../spec/removals.ts'
import { requestedClaims } from '../spec/requested-claims.ts'
import { mergedWorkloads, refuseConflicts } from '../spec/spec-change.ts'
import { setupOperation } from './setup-operation.ts'
import { starting } from './starting.ts'

export const handler = starting({
  authorizes: (call) => {
    const body = readJson(call, maxRequestBytes)
    const parsed = parseSetupRequest(body, deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    const { request } = parsed
    const options = readQuery(declaringQuery, call.query)
    return { checks: setupChecks(request, deployment().name), input: { request, body, options } }
  },
  requests: async (call, { request, body, options }) => {
    const recorded = await refuseImmutableChanges(call, request)
    requireGeneration(readIfMatch(call), recorded)
    const change = mergedWorkloads(recorded, { ...options, workloads: request.workloads })
    refuseConflicts(change)
    const { request: filled, ...taken } = withRecordedWebhook(request, body, recorded?.cluster)
    const claims = await requestedClaims(call, filled, recorded)
    return { ...setupOperation(call, filled, recorded, change.workloads), ...taken, ...claims }
  },
})

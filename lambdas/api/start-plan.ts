import { readCluster } from '../operations/cluster-record.ts'
import { deployment } from './deployment.ts'
import { readIfMatch } from './if-match.ts'
import { maxRequestBytes, parseSetupRequest } from './parse-setup.ts'
import { invalidRequest, ProblemError } from './problem.ts'
import { declaringQuery, readQuery } from './queries.ts'
import { planQuestions } from './questions.ts'
import { readJson } from './read-json.ts'
import { withRecordedIssuer } from './recorded-issuer.ts'
import { isRecordedSpec } from './recorded-spec.ts'
import { withRecordedWebhook } from './recorded-webhook.ts'
import { refuseImmutableChanges } from './refuse-immutable-changes.ts'
import { requireGeneration } from './removals.ts'
import { requestedClaims } from './requested-claims.ts'
import { mergedWorkloads, refuseConflicts, refuseTooLarge } from './spec-change.ts'
import { starting } from './starting.ts'

export const handler = starting({
  asks: async (call) => {
    const body = readJson(call, maxRequestBytes)
    const parsed = parseSetupRequest(body, deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    const { request } = parsed
    const isRecorded = isRecordedSpec(request, body, await readCluster(request.cluster.name))
    const options = readQuery(declaringQuery, call.query)
    return { questions: planQuestions(request, isRecorded, deployment().name), subject: { request, body, options } }
  },
  requests: async (call, { request, body, options }) => {
    const recorded = await refuseImmutableChanges(request)
    requireGeneration(readIfMatch(call), recorded)
    // A plan claims nothing, and is refused what its setup would be refused.
    const change = mergedWorkloads(recorded, { ...options, workloads: request.workloads })
    refuseConflicts(change)
    refuseTooLarge({ ...request, workloads: [...change.workloads] })
    await requestedClaims(call, request, recorded)
    const { request: filled, ...taken } = withRecordedWebhook(request, body, recorded?.cluster)
    const withIssuer = withRecordedIssuer(filled, recorded?.cluster)
    return { kind: 'plan', cluster: request.cluster.name, request: { ...withIssuer }, ...taken }
  },
})

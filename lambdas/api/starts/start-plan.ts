import { readCluster } from '../../operations/record/cluster-record.ts'
import { planChecks } from '../access/checks.ts'
import { deployment } from '../deployment.ts'
import { readIfMatch } from '../if-match.ts'
import { invalidRequest, ProblemError } from '../problem.ts'
import { declaringQuery, readQuery } from '../queries.ts'
import { maxRequestBytes, parseSetupRequest } from '../request/parse-setup.ts'
import { readJson } from '../request/read-json.ts'
import { withRecordedIssuer } from '../spec/recorded-issuer.ts'
import { isRecordedSpec } from '../spec/recorded-spec.ts'
import { withRecordedWebhook } from '../spec/recorded-webhook.ts'
import { refuseImmutableChanges } from '../spec/refuse-immutable-changes.ts'
import { requireGeneration } from '../spec/removals.ts'
import { requestedClaims } from '../spec/requested-claims.ts'
import { refuseSharedRoles } from '../spec/shared-roles.ts'
import { mergedWorkloads, refuseConflicts, refuseTooLarge } from '../spec/spec-change.ts'
import { starting } from './starting.ts'

export const handler = starting({
  authorizes: async (call) => {
    const body = readJson(call, maxRequestBytes)
    const parsed = parseSetupRequest(body, deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    const { request } = parsed
    const isRecorded = isRecordedSpec(request, body, await readCluster(request.cluster.name))
    const options = readQuery(declaringQuery, call.query)
    return { checks: planChecks(request, isRecorded, deployment().name), input: { request, body, options } }
  },
  requests: async (call, { request, body, options }) => {
    const recorded = await refuseImmutableChanges(call, request)
    requireGeneration(readIfMatch(call), recorded)
    // A plan makes no claims, but is rejected for the same reasons as its setup.
    const change = mergedWorkloads(recorded, { ...options, workloads: request.workloads })
    refuseConflicts(change)
    refuseSharedRoles(request.cluster.name, request.workloads, change.workloads)
    refuseTooLarge({ ...request, workloads: [...change.workloads] })
    await requestedClaims(call, request, recorded)
    const { request: filled, ...taken } = withRecordedWebhook(request, body, recorded?.cluster)
    const withIssuer = withRecordedIssuer(filled, recorded?.cluster)
    return { kind: 'plan', cluster: request.cluster.name, request: { ...withIssuer }, ...taken }
  },
})

import { readCluster } from '../operations/cluster-record.ts'
import type { ClusterSpec } from '../operations/record.ts'
import { hashOf } from '../operations/request-hash.ts'
import type { SetupRequest } from '../spec/parts.ts'
import { accept } from './accept.ts'
import { deployment } from './deployment.ts'
import { operation, ProblemError } from './operation.ts'
import { maxRequestBytes, parseSetupRequest } from './parse-setup.ts'
import { invalidRequest } from './problem.ts'
import { planQuestions } from './questions.ts'
import { readJson } from './read-json.ts'
import { withRecordedIssuer } from './recorded-issuer.ts'
import { withRecordedWebhook } from './recorded-webhook.ts'
import { refuseImmutableChanges } from './refuse-immutable-changes.ts'
import { requestedClaims } from './requested-claims.ts'

export const handler = operation({
  asks: async (call) => {
    const body = readJson(call, maxRequestBytes)
    const parsed = parseSetupRequest(body, deployment())
    if (!parsed.ok) throw new ProblemError(invalidRequest(parsed.issues))
    const { request } = parsed
    const recorded = await readCluster(request.cluster.name)
    const filled = withRecordedWebhook(request, body, recorded?.cluster).request
    const withIssuer = withRecordedIssuer(filled, recorded?.cluster)
    const isRecorded = recorded !== undefined && isOfCluster(withIssuer, recorded.cluster.spec)
    return { questions: planQuestions(request, isRecorded, deployment().name), subject: { request, body } }
  },
  runs: (call, { request, body }) =>
    accept(call, hashOf(['plan', request]), async () => {
      const recorded = await refuseImmutableChanges(request)
      // A plan claims nothing, and is refused what its setup would be refused.
      await requestedClaims(call, request, recorded)
      const { request: filled, ...taken } = withRecordedWebhook(request, body, recorded?.cluster)
      const withIssuer = withRecordedIssuer(filled, recorded?.cluster)
      return { kind: 'plan', cluster: request.cluster.name, request: { ...withIssuer }, ...taken }
    }),
})

/** Whether the request differs from the record in its workloads alone, or in whether it adopts, which is asked apart. */
function isOfCluster({ workloads: _, adopt, ...asked }: SetupRequest, spec: ClusterSpec): boolean {
  return hashOf({ ...asked, adopt }) === hashOf({ ...spec, adopt })
}

import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { filteredName } from '../clouds/kubernetes/shown.ts'
import { allDone } from '../errors/attempts.ts'
import { CertificateRequestRefused } from '../errors/step-errors.ts'
import { connectToOwnCluster } from '../objects/connect.ts'
import { credentialsAhead } from '../objects/credentials-ahead.ts'
import { expectedCluster } from '../operations/record/own-cluster.ts'
import type { Change } from '../report/change.ts'
import type { Waiting } from '../report/waiting.ts'
import type { StepResult, StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { description } from './approve-csr.step.ts'
import { reasonAgainstSigned, signedValidity } from './certificate/certificate.ts'
import { type ApprovalDecision, decideApprovals } from './certificate/csr.ts'
import { requestType } from './certificate/delete-requests.ts'
import type { OwnWebhook } from './desired/installed.ts'
import { signedSecretName, webhookUser } from './desired/names.ts'
import { explainedRollout, rolloutReason } from './observed/webhook.ts'

type Request = Parameters<ClusterClient['replaceApproval']>[0]

/**
 * Approves the webhook's own certificate requests. Does nothing in other modes than csr. The state machine polls this
 * step until all pods of the webhook are ready and the Secret contains the certificate. Then the step records the
 * certificate's validity. Similar requests stay pending, and the result names them.
 *
 * @throws {CertificateRequestRefused} when the webhook's newest request was denied or has failed
 * @throws {InvalidCredentials} when the credentials lead to another cluster
 */
export const run: StepRun<typeof description> = async (
  { target, issuerUrl, installed },
  { signal, dryRun, status },
) => {
  if (installed.mode !== 'csr') return { output: {}, changes: [] }
  const cluster = await connectToOwnCluster(target, expectedCluster(status, issuerUrl), signal)
  const { namespace } = installed
  const [requests, secret, rollout] = await Promise.all([
    cluster.list(requestType),
    cluster.get({ apiVersion: 'v1', kind: 'Secret', name: signedSecretName, namespace }),
    rolloutReason(cluster, installed),
  ])
  const decision = await decideApprovals(requests, installed)
  if (decision.refused) throw new CertificateRequestRefused(decision.refused)
  if (dryRun) return plan(installed, decision, reasonAgainstSigned(secret?.data, namespace, new Date()))
  const approvals = await allDone(decision.approve.map((request) => approve(cluster, request)))
  const changes = [...approvals, ...decision.leftPending.map(leftPending)]
  const missing = reasonAgainstSigned(secret?.data, namespace, new Date())
  const waiting = await waitingFor(cluster, installed, { isSigning: approvals.length > 0, missing, rollout })
  if (!waiting) return { output: {}, changes, observed: { webhookCertificate: signedValidity(secret?.data) } }
  return { waiting: { ...waiting, reason: [waiting.reason, ...reasonsOf(decision)].join('; ') }, changes }
}

export const handler = step(description, run, (input, signal) =>
  input.installed.mode === 'csr' ? credentialsAhead(input, signal) : undefined,
)

/**
 * Returns the result of a dry run: the requests to approve. If the certificate is missing and no write of a setup would
 * supply it, the result also contains the reason.
 */
function plan(
  { namespace, pending }: OwnWebhook,
  decision: ApprovalDecision<Request>,
  missing: string | undefined,
): StepResult {
  const changes = [
    ...decision.approve.map(({ metadata }) => toApprove(filteredName(metadata?.name), missing === undefined)),
    ...decision.leftPending.map(leftPending),
  ]
  if (missing === undefined || decision.approve.length > 0) return { output: {}, changes }
  if (pending) return { output: {}, changes: [...changes, requestsToCome(namespace)] }
  return {
    waiting: { reason: [`Secret ${namespace}/${signedSecretName}: ${missing}`, ...reasonsOf(decision)].join('; ') },
    changes,
  }
}

/** Pods that start without a certificate send requests. The names of these requests are not known in advance. */
function requestsToCome(namespace: string): Change {
  return {
    object: nameOf(`of ${webhookUser(namespace)}`),
    action: 'updated',
    detail: 'approved: the requests that the pods of the webhook make when they start',
  }
}

function reasonsOf({ unsigned, leftPending }: ApprovalDecision<Request>): readonly string[] {
  return [
    ...unsigned.map((name) => `${nameOf(name)} is approved and not signed: the cluster's signer may be disabled`),
    ...leftPending.map(({ name, why }) => `${nameOf(name)} is left pending: ${why}`),
  ]
}

/**
 * A pod is ready when it serves TLS with a certificate (`servesTls` in desired/manifest.ts). So no further request is
 * needed once all pods are ready. Until then, more requests can come: when two pods store their certificates at once,
 * one pod fails and sends another request after two seconds.
 */
async function waitingFor(
  cluster: ClusterClient,
  webhook: OwnWebhook,
  seen: { readonly isSigning: boolean; readonly missing: string | undefined; readonly rollout: string | undefined },
): Promise<Waiting | undefined> {
  if (seen.isSigning) return { reason: "the webhook's certificate requests were just approved, and are being signed" }
  const secret = seen.missing === undefined ? [] : [`Secret ${webhook.namespace}/${signedSecretName}: ${seen.missing}`]
  if (seen.rollout === undefined) return secret.length > 0 ? { reason: secret.join() } : undefined
  const rollout = await explainedRollout(cluster, webhook, seen.rollout)
  return { ...rollout, reason: [...secret, rollout.reason].join('; ') }
}

async function approve(cluster: ClusterClient, request: Request): Promise<Change> {
  const condition = {
    type: 'Approved',
    status: 'True',
    reason: 'WorkloadIdentity',
    message: 'The request equals those that the pod identity webhook makes for its serving certificate',
  }
  const conditions = [...(request.status?.conditions ?? []), condition]
  await cluster.replaceApproval({ ...request, status: { ...request.status, conditions } })
  return approved(filteredName(request.metadata?.name))
}

/** With an issued certificate, the approval is `temporary`, because the next rotation would approve the request too. */
function toApprove(name: string, isIssued: boolean): Change {
  return { ...approved(name), ...(isIssued && { temporary: true as const }) }
}

function approved(name: string): Change {
  return { object: nameOf(name), action: 'updated', detail: 'approved' }
}

function leftPending({ name, why }: { readonly name: string; readonly why: string }): Change {
  return { object: nameOf(name), action: 'unchanged', detail: `left pending: ${why}` }
}

function nameOf(request: string): string {
  return `CertificateSigningRequest ${request}`
}

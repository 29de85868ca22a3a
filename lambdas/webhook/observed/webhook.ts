/** Reads of the installed webhook that several steps share. */

import type { ClusterClient } from '../../clouds/kubernetes/cluster-client.ts'
import { newestEvents } from '../../clouds/kubernetes/events.ts'
import { displayName } from '../../clouds/kubernetes/object.ts'
import { filteredName } from '../../clouds/kubernetes/shown.ts'
import { ConcurrentChange, StepError } from '../../errors/step-errors.ts'
import type { Waiting } from '../../report/waiting.ts'
import { readCertificate } from '../certificate/certificate.ts'
import type { OwnWebhook } from '../desired/installed.ts'
import { secretNameOf, webhookName } from '../desired/names.ts'
import { newestUnready, reasonNotRolledOut, reasonOfPod } from './rollout.ts'

/**
 * PEM of the authorities of the webhook's certificate: the authority in its Secret (own-ca), or the authorities of the
 * cluster (csr).
 *
 * @throws {ConcurrentChange} when the Secret was removed after it was written
 */
export async function authoritiesOf(cluster: ClusterClient, webhook: OwnWebhook): Promise<string> {
  return webhook.mode === 'csr' ? cluster.authorities : authorityIn(cluster, webhook.namespace)
}

/**
 * PEM of the authority of our certificate, from the Secret of a webhook of this name.
 *
 * @throws {ConcurrentChange} when the Secret was removed after it was written
 */
export async function authorityIn(cluster: ClusterClient, namespace: string, name = webhookName): Promise<string> {
  const ref = { apiVersion: 'v1', kind: 'Secret', name: secretNameOf(name), namespace } as const
  const certificate = readCertificate((await cluster.get(ref))?.data)
  if (certificate) return certificate.authority
  throw new ConcurrentChange({
    object: displayName(ref),
    reason: "it contained the webhook's certificate a moment ago, but no longer does",
    action: 'Find out who changed or deleted the Secret, and send the request again',
  })
}

/** The Deployment of the webhook, or of the candidate by `name`. */
type Rollout = Pick<OwnWebhook, 'namespace' | 'replicas'> & { readonly name?: string }

/** The reason why the rollout of the webhook's Deployment is not complete, or undefined. */
export async function rolloutReason(
  cluster: ClusterClient,
  { namespace, replicas, name = webhookName }: Rollout,
): Promise<string | undefined> {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace } as const
  const why = reasonNotRolledOut(await cluster.get(ref), replicas)
  return why === undefined ? undefined : `${displayName(ref)}: ${why}`
}

/** Like {@link rolloutReason}, with the newest unready pod and its events. */
export async function rolloutWaiting(cluster: ClusterClient, rollout: Rollout): Promise<Waiting | undefined> {
  const reason = await rolloutReason(cluster, rollout)
  return reason === undefined ? undefined : explainedRollout(cluster, rollout, reason)
}

/** Pods and events only explain a wait, so a failure to list them does not fail the step. */
export async function explainedRollout(
  cluster: ClusterClient,
  { namespace, name = webhookName }: Rollout,
  reason: string,
): Promise<Waiting> {
  try {
    return await explained(cluster, { namespace, name }, reason)
  } catch (error) {
    if (error instanceof StepError) return { reason }
    throw error
  }
}

/** Adds the newest unready pod and its events. Without such a pod, events of ReplicaSets show why pods are missing. */
async function explained(
  cluster: ClusterClient,
  { namespace, name: app }: { readonly namespace: string; readonly name: string },
  reason: string,
): Promise<Waiting> {
  const pods = await cluster.list(
    { apiVersion: 'v1', kind: 'Pod', namespace },
    { labelSelector: `app=${app}`, limit: 20 },
  )
  const pod = newestUnready(pods)
  const name = pod?.metadata?.name
  const of =
    name === undefined ? 'involvedObject.kind=ReplicaSet' : `involvedObject.kind=Pod,involvedObject.name=${name}`
  const events = await cluster.list({ apiVersion: 'v1', kind: 'Event', namespace }, { fieldSelector: of, limit: 50 })
  const word = pod && `; pod ${filteredName(name)}: ${reasonOfPod(pod) ?? 'not ready'}`
  return { reason: `${reason}${word ?? ''}`, events: newestEvents(events, 5) }
}

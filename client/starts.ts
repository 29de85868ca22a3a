/** The requests that start operations, for the command line and the portal. */
import { answerOf } from './answer.ts'
import type { ApiClient, Cluster, OperationSummary, Schemas, SetupRequest } from './api.ts'
import { readCluster } from './reads.ts'
import { nameOf, type WorkloadName } from './workload.ts'

/**
 * Sends a request that starts an operation. The API starts one operation per idempotency key.
 *
 * @param key idempotency key of the portal. The API client of the command line adds a key itself
 */
export type Start<Subject> = (api: ApiClient, subject: Subject, key?: string) => Promise<OperationSummary>

export function keyed(key: string | undefined): { readonly header?: { readonly 'Idempotency-Key': string } } {
  return key === undefined ? {} : { header: { 'Idempotency-Key': key } }
}

/** The API refuses a request with this header when the spec has another generation. */
export function ifMatch(generation: number) {
  return { 'If-Match': `"${generation}"` }
}

/** A minimal check, because the API has already validated what it records as a request. */
export function isSetupRequest(value: object): value is SetupRequest {
  return 'cluster' in value && 'workloads' in value
}

/** The recorded spec of a cluster, which is a request. */
export async function readRequest(api: ApiClient, cluster: string): Promise<SetupRequest> {
  return requestIn((await readCluster(api, cluster)).spec)
}

function requestIn(spec: object): SetupRequest {
  if (isSetupRequest(spec)) return spec
  throw new TypeError('the recorded spec of the cluster is not a setup request')
}

/** Sends the recorded spec again. Each workload retains its manager. */
export const repair: Start<string> = async (api, name, key) => {
  const { spec, generation } = await readCluster(api, name)
  const params = { header: { ...keyed(key).header, ...ifMatch(generation) } }
  return answerOf(api.POST('/v1/setups', { params, body: requestIn(spec) }))
}

interface Verification {
  readonly cluster: string
  /** Omitted for all workloads of the cluster. */
  readonly workload?: WorkloadName | undefined
}

/** Repeats the proof of one workload, or of all workloads of the cluster. */
export const verify: Start<Verification> = (api, { cluster, workload }, key) =>
  answerOf(
    api.POST('/v1/clusters/{cluster}/verifications', {
      params: { path: { cluster }, ...keyed(key) },
      body: workload ? { workload } : {},
    }),
  )

export const lookForDrift: Start<string> = (api, cluster, key) =>
  answerOf(api.POST('/v1/clusters/{cluster}/drift', { params: { path: { cluster }, ...keyed(key) }, body: {} }))

export const refreshSigningKeys: Start<string> = (api, cluster, key) =>
  answerOf(api.POST('/v1/clusters/{cluster}/signing-keys', { params: { path: { cluster }, ...keyed(key) } }))

export interface Revocation {
  readonly cluster: string
  readonly kid: string
  readonly force: boolean
}

export const revokeSigningKey: Start<Revocation> = (api, { cluster, kid, force }, key) =>
  answerOf(
    api.POST('/v1/clusters/{cluster}/signing-keys/{kid}/revoke', {
      params: { path: { cluster, kid }, ...keyed(key) },
      body: { force },
    }),
  )

/** Rotates all clusters. */
export const rotate: Start<{ readonly dryRun: boolean }> = (api, { dryRun }, key) =>
  answerOf(api.POST('/v1/rotations', { params: keyed(key), body: { dryRun } }))

export interface Teardown {
  readonly cluster: string
  /** Omitted for the entire cluster. */
  readonly workload?: WorkloadName | undefined
  readonly deleteCluster?: boolean | undefined
  readonly force?: boolean | undefined
  readonly dryRun?: boolean | undefined
}

/** The subject of a teardown: the cluster, or the workload as the command line names it. */
export function subjectOf({ cluster, workload }: Pick<Teardown, 'cluster' | 'workload'>): string {
  return workload === undefined ? cluster : nameOf(workload)
}

export const tearDown: Start<Teardown> = (api, { cluster, workload, deleteCluster, force, dryRun }, key) => {
  const query = { ...(force && { force: 'true' as const }), ...(dryRun && { dryRun: 'true' as const }) }
  if (workload) {
    const params = { path: { cluster, ...workload }, query, ...keyed(key) }
    return answerOf(api.DELETE('/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}', { params }))
  }
  const withCluster = { ...query, ...(deleteCluster && { deleteCluster: 'true' as const }) }
  const params = { path: { cluster }, query: withCluster, ...keyed(key) }
  return answerOf(api.DELETE('/v1/clusters/{cluster}', { params }))
}

export interface WebhookChanges extends Readonly<Pick<Schemas['Webhook'], 'image' | 'certificate' | 'failurePolicy'>> {
  /** Takes over a webhook that was installed by hand. */
  readonly adopt?: boolean | undefined
}

export interface Upgrade extends WebhookChanges {
  /** As it was read: the API refuses the upgrade when the spec has changed since the read. */
  readonly cluster: Pick<Cluster, 'name' | 'spec' | 'generation'>
  /** Only plans the upgrade. */
  readonly dryRun: boolean
}

/** Changes the webhook in the spec of a cluster. */
export const upgradeWebhook: Start<Upgrade> = (api, { cluster, dryRun, ...changes }, key) => {
  const query = dryRun ? { dryRun: 'true' as const } : {}
  const header = { ...keyed(key).header, ...ifMatch(cluster.generation) }
  const params = { path: { cluster: cluster.name }, query, header }
  return answerOf(api.PUT('/v1/clusters/{cluster}', { params, body: withWebhook(cluster.spec, changes) }))
}

/**
 * The spec with a changed webhook, as the body of a PUT. Omitted fields and the workloads stay unchanged, but an
 * omitted `adopt` becomes false.
 */
function withWebhook(spec: object, { adopt = false, ...changes }: WebhookChanges) {
  const request = requestIn(spec)
  const webhook = { ...request.webhook, ...changes, ...(adopt && { mode: 'install' }) }
  const { workloads: _, ...body } = requestIn({ ...request, webhook, adopt })
  return body
}

export function cancel(api: ApiClient, operationId: string): Promise<OperationSummary> {
  return answerOf(api.POST('/v1/operations/{operationId}/cancel', { params: { path: { operationId } } }))
}

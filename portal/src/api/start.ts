/** The requests of the buttons. Each starts an operation, whose page shows its progress. */
import { type MutateOptions, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import type { components } from '../../../cli/api/types.ts'
import { answerOf, isWorthAnotherTry } from './answer.ts'
import { api, type OperationSummary } from './client.ts'
import type { WorkloadName } from './queries.ts'
import { RequestKeys } from './request-keys.ts'

/**
 * Sends a request that starts an operation. The API starts one operation per idempotency key.
 *
 * @param takeOver whether the portal becomes the manager of other managers' workloads
 */
export type Send<Subject> = (subject: Subject, key: string, takeOver?: boolean) => Promise<OperationSummary>

/** Sends a request that starts an operation, and opens the operation's page. */
export function useStart<Subject>(send: Send<Subject>) {
  const navigate = useNavigate()
  return useSend(send, ({ operationId }) => navigate(`/operations/${operationId}`))
}

interface StartRequest<Subject> {
  readonly subject: Subject
  readonly takeOver: boolean
}

/** A pending request. All its attempts have the same key. */
interface Sent<Subject> {
  readonly request: StartRequest<Subject>
  readonly key: string
}

/** Sends a request that starts an operation. Until a response arrives, repetitions have the same key. */
export function useSend<Subject>(
  send: Send<Subject>,
  onStarted: (started: OperationSummary, request: StartRequest<Subject>) => unknown,
) {
  const [keys] = useState(() => new RequestKeys())
  const { mutate, variables, ...mutation } = useMutation<OperationSummary, Error, Sent<Subject>>({
    mutationFn: ({ request: { subject, takeOver }, key }) => send(subject, key, takeOver),
    retry: isWorthAnotherTry,
    onSuccess: (started, { request }) => {
      keys.answered(request)
      return onStarted(started, request)
    },
    onError: (error, { request }) => keys.failed(request, error),
  })
  type Then = MutateOptions<OperationSummary, Error, Sent<Subject>>
  const sendRequest = (request: StartRequest<Subject>, then?: Then) =>
    mutate({ request, key: keys.keyOf(request) }, then)
  const { subject } = variables?.request ?? {}
  return {
    ...mutation,
    variables: subject,
    mutate: (wanted: Subject, then?: Then, takeOver = false) => sendRequest({ subject: wanted, takeOver }, then),
    /** Sends the request again, and takes the workloads over from other managers. */
    takeOver: () => {
      if (variables) sendRequest({ ...variables.request, takeOver: true })
    },
  }
}

function keyed(key: string) {
  return { 'Idempotency-Key': key }
}

/** The manager of a request's workloads. */
function declaring(takeOver = false) {
  return { manager: 'portal', ...(takeOver && { takeOver: 'true' as const }) }
}

export type SetupRequest = components['schemas']['SetupRequest']

export const setUp: Send<SetupRequest> = (body, key, takeOver) =>
  answerOf(api.POST('/v1/setups', { params: { query: declaring(takeOver), header: keyed(key) }, body }))

export const plan: Send<SetupRequest> = (body, key, takeOver) =>
  answerOf(api.POST('/v1/plans', { params: { query: declaring(takeOver), header: keyed(key) }, body }))

export const verify: Send<string> = (cluster, key) =>
  answerOf(
    api.POST('/v1/clusters/{cluster}/verifications', { params: { path: { cluster }, header: keyed(key) }, body: {} }),
  )

export const verifyWorkload: Send<WorkloadName> = ({ cluster, ...workload }, key) =>
  answerOf(
    api.POST('/v1/clusters/{cluster}/verifications', {
      params: { path: { cluster }, header: keyed(key) },
      body: { workload },
    }),
  )

interface NewWorkload extends WorkloadName {
  readonly policyArn: string
}

export const giveRole: Send<NewWorkload> = ({ cluster, policyArn, ...workload }, key, takeOver) =>
  answerOf(
    api.POST('/v1/clusters/{cluster}/workloads', {
      params: { path: { cluster }, query: declaring(takeOver), header: keyed(key) },
      body: { ...workload, role: { policyArns: [policyArn] } },
    }),
  )

export const lookForDrift: Send<string> = (cluster, key) =>
  answerOf(api.POST('/v1/clusters/{cluster}/drift', { params: { path: { cluster }, header: keyed(key) }, body: {} }))

/** Sends the recorded spec again. Each workload retains its manager. */
export const repair: Send<string> = async (cluster, key) => setUp(await recordedRequest(cluster), key)

async function recordedRequest(cluster: string): Promise<SetupRequest> {
  const { spec } = await answerOf(api.GET('/v1/clusters/{cluster}', { params: { path: { cluster } } }))
  return requestIn(spec)
}

function requestIn(spec: object): SetupRequest {
  if (isSetupRequest(spec)) return spec
  throw new TypeError('the spec of the cluster is no request')
}

/** A minimal check, because the API has already validated what it records as a request. */
export function isSetupRequest(value: object): value is SetupRequest {
  return 'cluster' in value && 'workloads' in value
}

type Webhook = components['schemas']['Webhook']

export interface Upgrade extends Readonly<Pick<Webhook, 'image' | 'certificate' | 'failurePolicy'>> {
  readonly cluster: string
  readonly adopt: boolean
  /** Only plans the upgrade. */
  readonly dryRun: boolean
}

/** Changes the webhook in the spec. Omitted fields and the workloads stay unchanged. */
export const upgradeWebhook: Send<Upgrade> = async ({ cluster, adopt, dryRun, ...changes }, key) => {
  const spec = await recordedRequest(cluster)
  const webhook = { ...spec.webhook, ...changes, ...(adopt && { mode: 'install' }) }
  const { workloads: _, ...body } = requestIn({ ...spec, webhook, adopt })
  const query = dryRun ? { dryRun: 'true' as const } : {}
  const params = { path: { cluster }, header: keyed(key), query }
  return answerOf(api.PUT('/v1/clusters/{cluster}', { params, body }))
}

/** Rotates all clusters. */
export const rotate: Send<{ readonly dryRun: boolean }> = (body, key) =>
  answerOf(api.POST('/v1/rotations', { params: { header: keyed(key) }, body }))

export const refreshSigningKeys: Send<string> = (cluster, key) =>
  answerOf(api.POST('/v1/clusters/{cluster}/signing-keys', { params: { path: { cluster }, header: keyed(key) } }))

export interface Revocation {
  readonly cluster: string
  readonly kid: string
  readonly force: boolean
}

export const revokeSigningKey: Send<Revocation> = ({ cluster, kid, force }, key) =>
  answerOf(
    api.POST('/v1/clusters/{cluster}/signing-keys/{kid}/revoke', {
      params: { path: { cluster, kid }, header: keyed(key) },
      body: { force },
    }),
  )

export interface Teardown {
  readonly cluster: string
  /** Omitted for the entire cluster. */
  readonly workload?: Omit<WorkloadName, 'cluster'>
  readonly deleteCluster: boolean
  readonly force: boolean
  readonly dryRun: boolean
}

export const tearDown: Send<Teardown> = ({ cluster, workload, ...options }, key) => {
  const { deleteCluster, force, dryRun } = options
  const header = keyed(key)
  const query = { ...(force && { force: 'true' as const }), ...(dryRun && { dryRun: 'true' as const }) }
  if (workload) {
    const path = { cluster, ...workload }
    return answerOf(
      api.DELETE('/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}', { params: { path, query, header } }),
    )
  }
  const withCluster = { ...query, ...(deleteCluster && { deleteCluster: 'true' as const }) }
  return answerOf(api.DELETE('/v1/clusters/{cluster}', { params: { path: { cluster }, query: withCluster, header } }))
}

export function cancel(operationId: string): Promise<OperationSummary> {
  return answerOf(api.POST('/v1/operations/{operationId}/cancel', { params: { path: { operationId } } }))
}

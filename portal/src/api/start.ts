/** The requests of the buttons. Each starts an operation, whose page shows its progress. */
import { type MutateOptions, useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { answerOf } from '../../../client/answer.ts'
import type { ApiClient, OperationSummary, SetupRequest } from '../../../client/api.ts'
import { keyed } from '../../../client/starts.ts'
import { api } from './client.ts'
import type { WorkloadOfCluster } from './queries.ts'
import { isWorthAnotherTry, RequestKeys } from './retries.ts'

/**
 * Sends a request that starts an operation. The API starts one operation per idempotency key.
 *
 * @param takeOver whether the portal becomes the manager of other managers' workloads
 */
export type Send<Subject> = (
  api: ApiClient,
  subject: Subject,
  key?: string,
  takeOver?: boolean,
) => Promise<OperationSummary>

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
    mutationFn: ({ request: { subject, takeOver }, key }) => send(api, subject, key, takeOver),
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

/** The query parameters that make the portal the manager of a request's workloads. */
function declaring(takeOver = false) {
  return { manager: 'portal', ...(takeOver && { takeOver: 'true' as const }) }
}

export const setUp: Send<SetupRequest> = (api, body, key, takeOver) =>
  answerOf(api.POST('/v1/setups', { params: { query: declaring(takeOver), ...keyed(key) }, body }))

export const plan: Send<SetupRequest> = (api, body, key, takeOver) =>
  answerOf(api.POST('/v1/plans', { params: { query: declaring(takeOver), ...keyed(key) }, body }))

interface NewWorkload extends WorkloadOfCluster {
  readonly policyArn: string
}

export const giveRole: Send<NewWorkload> = (api, { cluster, policyArn, ...workload }, key, takeOver) =>
  answerOf(
    api.POST('/v1/clusters/{cluster}/workloads', {
      params: { path: { cluster }, query: declaring(takeOver), ...keyed(key) },
      body: { ...workload, role: { policyArns: [policyArn] } },
    }),
  )

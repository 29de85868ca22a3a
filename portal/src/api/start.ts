/** What the buttons send. Each starts an operation, whose page shows what becomes of it. */
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { answerOf } from './answer.ts'
import { api, type OperationSummary } from './client.ts'
import type { WorkloadName } from './queries.ts'

/** Sends what starts an operation, and goes to its page. */
export function useStart<Subject>(send: (subject: Subject) => Promise<OperationSummary>) {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: send,
    onSuccess: ({ operationId }) => navigate(`/operations/${operationId}`),
  })
}

export function verify(cluster: string): Promise<OperationSummary> {
  return answerOf(api.POST('/v1/clusters/{cluster}/verifications', { params: { path: { cluster } }, body: {} }))
}

export function verifyWorkload({ cluster, ...workload }: WorkloadName): Promise<OperationSummary> {
  return answerOf(
    api.POST('/v1/clusters/{cluster}/verifications', { params: { path: { cluster } }, body: { workload } }),
  )
}

export function lookForDrift(cluster: string): Promise<OperationSummary> {
  return answerOf(api.POST('/v1/clusters/{cluster}/drift', { params: { path: { cluster } }, body: {} }))
}

export function cancel(operationId: string): Promise<OperationSummary> {
  return answerOf(api.POST('/v1/operations/{operationId}/cancel', { params: { path: { operationId } } }))
}

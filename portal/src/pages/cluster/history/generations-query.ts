import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answerOf } from '../../../../../client/answer.ts'
import type { GenerationSummary } from '../../../../../client/api.ts'
import { api } from '../../../api/client.ts'
import { atRest, whileItRuns } from '../../../api/queries.ts'

/** @param generation the number of the cluster's newest generation. A new number loads the list again */
export function generationsQuery(cluster: string, { generation, limit }: { generation: number; limit: number }) {
  return queryOptions({
    queryKey: ['generations', cluster, generation, limit],
    queryFn: () =>
      answerOf(api.GET('/v1/clusters/{cluster}/generations', { params: { path: { cluster }, query: { limit } } })),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.generations.some(isRunning) ? whileItRuns : atRest),
  })
}

function isRunning({ operationStatus }: GenerationSummary): boolean {
  return operationStatus === 'queued' || operationStatus === 'running'
}

/** `wid get`: lists. */
import { allClusters, pageLimit } from '../api/all-clusters.ts'
import { answerOf } from '../api/answer.ts'
import type { OperationSummary } from '../api/client.ts'
import type { operations } from '../api/types.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { secondsBetween } from '../view/operation-lines.ts'
import { table } from '../view/table.ts'

type Query = NonNullable<operations['list-operations']['parameters']['query']>

export async function getClusters({ api, output }: Context): Promise<ExitCode> {
  const clusters = await allClusters((query) => answerOf(api.GET('/v1/clusters', { params: { query } })))
  show(output, clusters, ['NAME', 'PROVIDER', 'VERIFIED', 'CHANGED'], (one) => [
    one.name,
    one.provider,
    one.verifiedAt ?? 'never',
    one.updatedAt,
  ])
  return exitCodes.done
}

export type OperationFilter = Pick<Query, 'cluster' | 'kind' | 'status'>

/** The newest hundred. Older ones are found by `filter`. */
export async function getOperations({ api, output }: Context, filter: OperationFilter): Promise<ExitCode> {
  const query = { ...filter, limit: pageLimit }
  const { operations: found } = await answerOf(api.GET('/v1/operations', { params: { query } }))
  show(output, found, ['ID', 'KIND', 'CLUSTER', 'STATUS', 'STARTED', 'TOOK'], operationRow)
  return exitCodes.done
}

function operationRow({ operationId, kind, cluster, status, createdAt, endedAt }: OperationSummary): string[] {
  return [operationId, kind, cluster ?? '(all)', status, createdAt, secondsBetween(createdAt, endedAt)]
}

export async function getWorkloads({ api, output }: Context, cluster: string): Promise<ExitCode> {
  const { status } = await answerOf(api.GET('/v1/clusters/{cluster}', { params: { path: { cluster } } }))
  show(
    output,
    status.workloads,
    ['WORKLOAD', 'ROLE', 'VERIFIED'],
    ({ namespace, serviceAccount, role, verifiedAt }) => [
      `${namespace}/${serviceAccount}`,
      role?.roleArn ?? '(not made)',
      verifiedAt ?? 'never',
    ],
  )
  return exitCodes.done
}

function show<Entry extends object>(
  output: Output,
  entries: readonly Entry[],
  headings: readonly string[],
  rowOf: (entry: Entry) => readonly string[],
): void {
  if (output.isJson) for (const entry of entries) output.json(entry)
  else for (const line of table(headings, entries.map(rowOf))) output.write(line)
  if (!output.isJson && entries.length === 0) output.write('There are none.')
}

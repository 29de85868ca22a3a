import { allPages, newestOperations } from '../api/all-pages.ts'
import { answerOf } from '../api/answer.ts'
import type { OperationSummary } from '../api/client.ts'
import type { components, operations } from '../api/types.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { secondsBetween } from '../view/operation-lines.ts'
import { operationName } from '../view/operation-name.ts'
import { table } from '../view/table.ts'

export async function getClusters({ api, output }: Context): Promise<ExitCode> {
  const pages = await allPages((query) => answerOf(api.GET('/v1/clusters', { params: { query } })))
  const clusters = pages.flatMap((page) => page.clusters)
  show(output, clusters, ['NAME', 'STATE', 'PROVIDER', 'VERIFIED', 'CHANGED', 'CREDENTIALS UNTIL'], (one) => [
    one.name,
    healthWords(one.health),
    one.provider,
    one.verifiedAt ?? 'never',
    one.updatedAt,
    one.credentialsEndAt ?? 'unknown',
  ])
  return exitCodes.done
}

type QueryOf<Name extends 'list-operations' | 'list-workloads'> = NonNullable<operations[Name]['parameters']['query']>

export type OperationFilter = Pick<QueryOf<'list-operations'>, 'cluster' | 'kind' | 'status'>

/** The newest hundred. `filter` finds older ones. */
export async function getOperations({ api, output }: Context, filter: OperationFilter): Promise<ExitCode> {
  const found = await newestOperations((page) => {
    const query = { ...filter, ...page }
    return answerOf(api.GET('/v1/operations', { params: { query } }))
  })
  show(output, found, ['ID', 'KIND', 'CLUSTER', 'STATUS', 'STARTED', 'TOOK'], operationRow)
  return exitCodes.done
}

function operationRow(operation: OperationSummary): string[] {
  const { operationId, cluster, status, createdAt, endedAt } = operation
  return [
    operationId,
    operationName(operation),
    cluster ?? '(all)',
    status,
    createdAt,
    secondsBetween(createdAt, endedAt),
  ]
}

export type WorkloadFilter = Pick<QueryOf<'list-workloads'>, 'cluster' | 'namespace'>

export async function getWorkloads({ api, output }: Context, filter: WorkloadFilter): Promise<ExitCode> {
  const pages = await allPages((page) => {
    const query = { ...filter, ...page }
    return answerOf(api.GET('/v1/workloads', { params: { query } }))
  })
  const workloads = pages.flatMap((page) => page.workloads)
  show(output, workloads, ['CLUSTER', 'WORKLOAD', 'STATE', 'MANAGER', 'VERIFIED', 'ROLE'], workloadRow)
  return exitCodes.done
}

type Workload = components['schemas']['Workload']

function workloadRow(workload: Workload): string[] {
  const { cluster, namespace, serviceAccount, health, manager, leaving, verifiedAt, roleArn } = workload
  return [
    cluster,
    `${namespace}/${serviceAccount}`,
    leaving ? 'leaving' : healthWords(health),
    manager ?? '(none)',
    verifiedAt ?? 'never',
    roleArn ?? '(not made)',
  ]
}

/** "failing: Verified", "drifted: security". */
function healthWords({ state, because, severity }: components['schemas']['Health']): string {
  const more = severity ?? because
  return more === undefined ? state : `${state}: ${more}`
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

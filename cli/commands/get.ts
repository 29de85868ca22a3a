import type { Health, OperationFilter, OperationSummary, Workload, WorkloadFilter } from '../../client/api.ts'
import { readClusters, readGenerations, readOperations, readWorkloads } from '../../client/reads.ts'
import { nameOf } from '../../client/workload.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import { agentWords } from '../view/agent-words.ts'
import { generationHeadings, generationRow } from '../view/generation-row.ts'
import { secondsBetween } from '../view/operation-lines.ts'
import { operationName } from '../view/operation-name.ts'
import { showTable } from '../view/table.ts'

export async function getClusters({ api, output }: Pick<Context, 'api' | 'output'>): Promise<ExitCode> {
  const clusters = await readClusters(api)
  const now = new Date()
  const hasAgents = clusters.some(({ connection }) => connection === 'agent')
  const headings = ['NAME', 'STATE', 'PROVIDER', 'VERIFIED', 'CHANGED', 'CREDENTIALS UNTIL']
  showTable(output, clusters, hasAgents ? [...headings, 'AGENT'] : headings, (one) => [
    one.name,
    healthWords(one.health),
    one.provider,
    one.verifiedAt ?? 'never',
    one.updatedAt,
    one.connection === 'agent' ? '(none)' : (one.credentialsEndAt ?? 'unknown'),
    ...(hasAgents ? [agentWords(one, now) ?? '(none)'] : []),
  ])
  return exitCodes.done
}

/** Lists the newest hundred operations that match the filter. */
export async function getOperations({ api, output }: Context, filter: OperationFilter): Promise<ExitCode> {
  const headings = ['ID', 'KIND', 'CLUSTER', 'STATUS', 'STARTED', 'TOOK']
  showTable(output, await readOperations(api, filter), headings, operationRow)
  return exitCodes.done
}

function operationRow(operation: OperationSummary): string[] {
  const { operationId, cluster, status, createdAt, endedAt } = operation
  const took = secondsBetween(createdAt, endedAt)
  return [operationId, operationName(operation), cluster ?? '(all)', status, createdAt, took]
}

export async function getWorkloads(
  { api, output }: Context,
  cluster: string | undefined,
  options: Pick<WorkloadFilter, 'namespace'>,
): Promise<ExitCode> {
  const workloads = await readWorkloads(api, { ...options, ...(cluster !== undefined && { cluster }) })
  showTable(output, workloads, ['CLUSTER', 'WORKLOAD', 'STATE', 'MANAGER', 'VERIFIED', 'ROLE'], workloadRow)
  return exitCodes.done
}

function workloadRow(workload: Workload): string[] {
  const { cluster, health, manager, leaving, verifiedAt, roleArn } = workload
  return [
    cluster,
    nameOf(workload),
    leaving ? 'leaving' : healthWords(health),
    manager ?? '(none)',
    verifiedAt ?? 'never',
    roleArn ?? '(not made)',
  ]
}

/** "failing: Verified", "drifted: security". */
function healthWords({ state, because, severity }: Health): string {
  const more = severity ?? because
  return more === undefined ? state : `${state}: ${more}`
}

/** The stored generations of a cluster's spec, newest first. */
export async function history({ api, output }: Context, cluster: string): Promise<ExitCode> {
  showTable(output, await readGenerations(api, cluster), generationHeadings, generationRow)
  return exitCodes.done
}

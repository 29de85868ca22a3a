import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import type { Workload } from '../../spec/setup-request.ts'
import type { RecordedCluster, RecordedWorkload } from './cluster-record.ts'
import { hashOf } from './hash.ts'
import type { ClusterSpec, DeclaredSpec, DeclaredWorkload, GenerationItem } from './record.ts'
import { keys } from './table.ts'
import { put, remove, type Write } from './writes.ts'

export interface NewGeneration {
  readonly generation: number
  readonly spec: ClusterSpec
  readonly workloads: readonly DeclaredWorkload[]
}

export const keptGenerations = 100

/**
 * Returns the new generation for a written spec, or 'same spec' when the spec equals the recorded spec. A new manager
 * of a workload is a difference, so that the history shows who has taken the workload over.
 *
 * @param recorded undefined for a new cluster
 */
export function newGeneration(
  { workloads, ...spec }: DeclaredSpec,
  recorded: RecordedCluster | undefined,
): NewGeneration | 'same spec' {
  const written = { spec, workloads: workloads.toSorted(inOrder) }
  if (!recorded) return { ...written, generation: 1 }
  const { cluster } = recorded
  const before = { spec: cluster.spec, workloads: declaredWorkloads(recorded).toSorted(inOrder) }
  return hashOf(before) === hashOf(written) ? 'same spec' : { ...written, generation: cluster.generation + 1 }
}

/** The workloads of the spec, in the form of a request. */
export function desiredWorkloads(recorded: Pick<RecordedCluster, 'workloads'>): Workload[] {
  return declaredWorkloads(recorded).map(({ manager: _, ...workload }) => workload)
}

export function declaredWorkloads({ workloads }: Pick<RecordedCluster, 'workloads'>): DeclaredWorkload[] {
  return workloads.flatMap(({ namespace, serviceAccount, spec, manager }) =>
    spec ? [{ namespace, serviceAccount, role: spec, manager }] : [],
  )
}

/** Returns the recorded workloads that are not in `workloads`. A setup of exactly `workloads` removes them. */
export function leaving(
  recorded: Pick<RecordedCluster, 'workloads'> | undefined,
  workloads: readonly WorkloadRef[],
): WorkloadRef[] {
  const staying = new Set(workloads.map(itemOf))
  return (recorded?.workloads ?? [])
    .filter((workload) => !staying.has(itemOf(workload)))
    .map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount }))
}

function inOrder(one: WorkloadRef, other: WorkloadRef): number {
  return itemOf(one) < itemOf(other) ? -1 : 1
}

/** The writes of a generation. They omit the cluster's item, which contains the spec without its workloads. */
export function generationWrites(
  cluster: string,
  { generation, spec, workloads }: NewGeneration,
  written: Pick<GenerationItem, 'writtenBy' | 'writtenAt' | 'operationId'>,
): Write[] {
  const item = { generation, spec: { ...spec, workloads }, ...written }
  const outdated = generation - keptGenerations
  return [
    put({ ...keys.workloads(cluster), workloads }),
    put({ ...keys.generation(cluster, generation), ...item }),
    ...(outdated > 0 ? [remove(keys.generation(cluster, outdated))] : []),
  ]
}

/** Whether the newest spec is applied: each of its workloads has its role and a proof, and no workload is leaving. */
export function isApplied({ workloads }: Pick<RecordedCluster, 'workloads'>): boolean {
  return workloads.every(({ spec, status }) => {
    const applied = status.role?.applied
    return spec && applied && hashOf(applied) === hashOf(spec) && status.conditions.Verified?.status === 'True'
  })
}

/**
 * Whether role and webhook of a workload that the setup did not include are still as the spec says. True only if:
 *
 * - all generations in `since` have the same cluster spec, and
 * - the workload has the same role in all of them, or was proven after its role last changed.
 *
 * The conditions of the workload do not suffice, because they do not show what a cancelled setup changed in the role
 * or the webhook.
 *
 * @param since the generations, newest first, back to the last one that was applied completely, or to the first one
 */
export function isStillApplied(workload: RecordedWorkload, since: readonly GenerationItem[]): boolean {
  if (new Set(since.map(({ spec }) => hashOfCluster(spec))).size !== 1) return false
  const changed = since.findIndex(({ spec }) => !hasRole(spec, workload))
  if (changed === -1) return true
  const { verifiedAt } = workload.status
  const writtenAt = since[changed - 1]?.writtenAt
  return verifiedAt !== undefined && writtenAt !== undefined && verifiedAt > writtenAt
}

/**
 * Omits `adopt` and `reconcile`, because no proof depends on them. POST …/workloads never adopts, and `reconcile` is
 * only for drifts.
 */
function hashOfCluster({ workloads: _, adopt: _adopt, reconcile: _reconcile, ...cluster }: DeclaredSpec): string {
  return hashOf(cluster)
}

function hasRole({ workloads }: DeclaredSpec, { spec, ...ref }: RecordedWorkload): boolean {
  const declared = workloads.find((one) => itemOf(one) === itemOf(ref))
  return declared !== undefined && spec !== undefined && hashOf(declared.role) === hashOf(spec)
}

/** The changes of a written spec. A manager owns a workload, as a field manager owns fields in Kubernetes. */
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { declaredWorkloads } from '../../operations/record/generation.ts'
import { hashOf } from '../../operations/record/hash.ts'
import type { DeclaredSpec, DeclaredWorkload } from '../../operations/record/record.ts'
import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import { maxWorkloads } from '../../spec/schema.ts'
import type { Workload } from '../../spec/setup-request.ts'
import { fitsWorkflow } from '../../workflows/workflow-input.ts'
import { ProblemError, problem } from '../problem.ts'

export interface SentWorkloads {
  readonly workloads: readonly Workload[]
  readonly manager: string
  /** Whether the manager takes over workloads that another manager declares. */
  readonly takeOver: boolean
}

export interface WorkloadsChange {
  /** All workloads of the new spec. A workload in conflict does not change. */
  readonly workloads: readonly DeclaredWorkload[]
  /** The sent workloads that are new, are taken over or get another role, including those in conflict. */
  readonly changed: readonly Workload[]
  readonly removed: readonly WorkloadRef[]
  /** Workloads of other managers that the request sends with another role. */
  readonly conflicts: readonly DeclaredWorkload[]
}

type Recorded = Pick<RecordedCluster, 'workloads'> | undefined

/** Returns the recorded workloads, which a request without workloads does not change. */
export function unchangedWorkloads(recorded: Recorded): WorkloadsChange {
  return { workloads: recorded ? declaredWorkloads(recorded) : [], changed: [], removed: [], conflicts: [] }
}

/** The workloads of the spec, merged with the sent ones. */
export function mergedWorkloads(recorded: Recorded, sent: SentWorkloads): WorkloadsChange {
  const { workloads } = unchangedWorkloads(recorded)
  const before = new Map(workloads.map((one) => [itemOf(one), one]))
  const decided = sent.workloads.map((one) => ({ one, decision: decisionOn(before.get(itemOf(one)), one, sent) }))
  const having = (decision: Decision) => decided.filter((each) => each.decision === decision).map(({ one }) => one)
  const written = having('changed').map((one) => ({ ...one, manager: sent.manager }))
  return {
    workloads: [...new Map([...before, ...written.map((one) => [itemOf(one), one] as const)]).values()],
    changed: decided.filter(({ decision }) => decision !== 'same').map(({ one }) => one),
    removed: [],
    conflicts: having('conflict').flatMap((one) => before.get(itemOf(one)) ?? []),
  }
}

/** The sent workloads and those of other managers. The manager's workloads that were not sent leave the spec. */
export function replacedWorkloads(recorded: Recorded, sent: SentWorkloads): WorkloadsChange {
  const merged = mergedWorkloads(recorded, sent)
  const kept = new Set(sent.workloads.map(itemOf))
  const leaves = (one: DeclaredWorkload) => one.manager === sent.manager && !kept.has(itemOf(one))
  return {
    ...merged,
    workloads: merged.workloads.filter((one) => !leaves(one)),
    removed: merged.workloads.filter(leaves).map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount })),
  }
}

type Decision = 'same' | 'changed' | 'conflict'

/** Kubernetes lets two managers own equal values. Here only the first manager owns the workload. */
function decisionOn(
  before: DeclaredWorkload | undefined,
  { role }: Workload,
  { manager, takeOver }: SentWorkloads,
): Decision {
  if (!before) return 'changed'
  const isSame = hashOf(before.role) === hashOf(role)
  const isOwn = before.manager === manager
  if (isSame && (isOwn || !takeOver)) return 'same'
  return isOwn || takeOver ? 'changed' : 'conflict'
}

/** @throws {ProblemError} 409 when workloads of other managers are in conflict; it names each with its manager */
export function refuseConflicts(change: WorkloadsChange): void {
  const conflicts = change.conflicts.map(({ role: _, ...one }) => one)
  if (conflicts.length === 0) return
  const each = conflicts.map((one) => `${one.manager} declares the workload ${itemOf(one)} with another role`)
  const detail = `${each.join(', ')}. Send the request with takeOver=true (wid: --take-over) to declare it from now on, or leave it out, or send it as it is recorded`
  throw new ProblemError(problem('manager-conflict', { detail, conflicts }))
}

/**
 * Checks the complete spec, not the request alone: the operation that applies queued changes sets up all workloads.
 *
 * @throws {ProblemError} 409 when the spec would have more workloads or bytes than one operation can have
 */
export function refuseTooLarge(spec: DeclaredSpec & { readonly removed?: readonly WorkloadRef[] }): void {
  const reason = tooLarge(spec)
  if (reason === undefined) return
  const detail = `The spec of cluster ${spec.cluster.name} would ${reason}: remove workloads that are not needed, or set some up on another cluster`
  throw new ProblemError(problem('conflict', { detail }))
}

/** The text omits the number of workloads, because the caller may not see all of them. */
function tooLarge(spec: DeclaredSpec): string | undefined {
  if (spec.workloads.length > maxWorkloads) return `have more than ${maxWorkloads} workloads`
  if (fitsWorkflow(spec)) return undefined
  return 'be larger than the input of a workflow may be, most of it inline policies'
}

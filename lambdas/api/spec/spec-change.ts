/** What a written spec changes in the recorded one. A workload belongs to its manager, as fields do in Kubernetes. */
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { declaredWorkloads } from '../../operations/record/generation.ts'
import type { DeclaredSpec, DeclaredWorkload } from '../../operations/record/record.ts'
import { hashOf } from '../../operations/start/request-hash.ts'
import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import type { Workload } from '../../spec/parts.ts'
import { maxWorkloads } from '../../spec/schema.ts'
import { fitsWorkflow } from '../../workflows/workflow-input.ts'
import { ProblemError, problem } from '../problem.ts'

/** The workloads of a request, and who declares them. */
export interface SentWorkloads {
  readonly workloads: readonly Workload[]
  readonly manager: string
  /** Whether it becomes the manager of workloads that another one declares. */
  readonly takeOver: boolean
}

export interface WorkloadsChange {
  /** All of the spec from now on. One in conflict stays as it is. */
  readonly workloads: readonly DeclaredWorkload[]
  /** Those that are added, taken over or get another role, as they were sent. Those in conflict are among them. */
  readonly changed: readonly Workload[]
  /** Those that leave the spec. */
  readonly removed: readonly WorkloadRef[]
  /** Those of other managers that were sent with another role. */
  readonly conflicts: readonly DeclaredWorkload[]
}

type Recorded = Pick<RecordedCluster, 'workloads'> | undefined

/** Nothing: the workloads of the spec stay. */
export function unchangedWorkloads(recorded: Recorded): WorkloadsChange {
  return { workloads: recorded ? declaredWorkloads(recorded) : [], changed: [], removed: [], conflicts: [] }
}

/** The workloads of the spec with the sent ones in it. */
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

/** The sent workloads, and those of other managers: all others of the same manager leave the spec. */
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

/** Kubernetes lets two managers own what both have declared alike. Here the first one keeps it, and the second changes nothing. */
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
 * Of the whole spec, and not of the request: the operation that follows waiting ones sets all of it up at once.
 *
 * @throws {ProblemError} 409 when the spec would have more workloads than one operation sets up, or more bytes than its input has
 */
export function refuseTooLarge(spec: DeclaredSpec & { readonly removed?: readonly WorkloadRef[] }): void {
  const reason = tooLarge(spec)
  if (reason === undefined) return
  const detail = `The spec of cluster ${spec.cluster.name} would ${reason}: remove workloads that are not needed, or set some up on another cluster`
  throw new ProblemError(problem('conflict', { detail }))
}

/** It does not say how many there are: the caller may not see all of them. */
function tooLarge(spec: DeclaredSpec): string | undefined {
  if (spec.workloads.length > maxWorkloads) return `have more than ${maxWorkloads} workloads`
  if (fitsWorkflow(spec)) return undefined
  return 'be larger than the input of a workflow, most of it inline policies'
}

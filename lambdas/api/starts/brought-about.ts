import * as z from 'zod/mini'
import { readLock } from '../../operations/lock/lock.ts'
import { readWaiting } from '../../operations/lock/waiting.ts'
import { type RecordedOperation, readOperation } from '../../operations/record/operations.ts'
import { hasEnded } from '../../operations/record/record.ts'
import { itemOf } from '../../ownership/ownership.ts'
import { workloadFields } from '../../spec/setup-request.ts'

/** An operation with the steps of another operation that applies its spec. */
export interface FollowedOperation extends RecordedOperation {
  /** The operation that changes the cluster now. Present only while this operation is waiting. */
  readonly waitsFor?: string
}

/**
 * A waiting operation has no steps. The API shows the steps of the operation that applies its spec: all steps of the
 * cluster, and those of workloads in its own request. The caller may lack permission to see the other workloads.
 *
 * @throws {StepError} when a call fails
 */
export async function withStepsOfAnother(recorded: RecordedOperation): Promise<FollowedOperation> {
  const { operationId, cluster, waits, status, broughtAboutBy } = recorded.operation
  if (!waits || cluster === undefined) return recorded
  const by = broughtAboutBy ?? (await readWaiting(cluster, operationId))?.broughtAboutBy
  if (by === undefined) return hasEnded(status) ? recorded : waitingForLock(recorded, cluster)
  const other = await readOperation(by)
  if (!other) return recorded
  const own = workloadsOf(recorded.request)
  const { startedAt } = other.operation
  return {
    ...recorded,
    operation: { ...recorded.operation, broughtAboutBy: by, ...(startedAt !== undefined && { startedAt }) },
    steps: other.steps.filter(({ item }) => item === undefined || own.has(item)),
  }
}

async function waitingForLock(recorded: RecordedOperation, cluster: string): Promise<FollowedOperation> {
  const lock = await readLock(cluster)
  return { ...recorded, ...(lock && { waitsFor: lock.operationId }) }
}

const refs = z.array(z.object({ namespace: workloadFields.namespace, serviceAccount: workloadFields.serviceAccount }))
const named = z.object({ workloads: refs, removed: z._default(refs, []) })

function workloadsOf(request: RecordedOperation['request']): ReadonlySet<string> {
  const { workloads, removed } = named.parse(request)
  return new Set([...workloads, ...removed].map(itemOf))
}

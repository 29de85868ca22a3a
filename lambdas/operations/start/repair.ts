/** Decides whether to repair the findings of a scheduled drift: at most one attempt per difference and day. */
import type { RecordedCluster } from '../record/cluster-record.ts'
import type { AttemptsItem, OperationItem } from '../record/record.ts'
import type { NewOperation } from './record-operation.ts'
import { setupOf } from './setup-of.ts'

/** The highest number of differences of one cluster that are attempted in a day. The record has a hash of each. */
const mostOfDay = 1000

export interface Repair {
  readonly next: NewOperation
  /** All attempts of that day, including this one. */
  readonly attempts: AttemptsItem
}

/**
 * The setup that repairs the findings of a drift, or the reason why no setup starts. The setup removes nothing:
 * workloads that are leaving stay until the spec is written again. If a difference returns after an attempt, something
 * keeps causing it, so the next attempt is on the next day.
 */
export function repairAfter(
  { operationId, toRepair = [], createdAt }: OperationItem,
  recorded: RecordedCluster,
): Repair | { readonly left: string } {
  const { cluster, lock, attempts } = recorded
  if (lock || cluster.lastOperationId > operationId)
    return { left: 'an operation changes the cluster, or has changed it since' }
  const day = createdAt.slice(0, 10)
  const before = attempts?.day === day ? attempts.differences : []
  if (toRepair.some((difference) => before.includes(difference))) {
    return { left: 'a repair of the same day has attempted some of these differences, and they are back' }
  }
  const differences = [...before, ...toRepair]
  if (differences.length > mostOfDay) return { left: `the repairs of this day would exceed ${mostOfDay} differences` }
  const requested = { requestedBy: `repair of drift ${operationId}`, spec: cluster.spec, removed: [] }
  return { next: setupOf(recorded, requested), attempts: { day, differences } }
}

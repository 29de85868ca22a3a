/** Decides whether what a scheduled drift has found is repaired: at most one attempt for each difference and day. */
import type { RecordedCluster } from '../record/cluster-record.ts'
import type { AttemptsItem, OperationItem } from '../record/record.ts'
import type { NewOperation } from './record-operation.ts'
import { setupOf } from './setup-of.ts'

/** How many differences of one cluster are attempted in a day at most. The record has a hash of each. */
const mostOfDay = 1000

export interface Repair {
  readonly next: NewOperation
  /** What is attempted on that day, from now on. */
  readonly attempts: AttemptsItem
}

/**
 * The setup of the recorded spec that repairs what a drift has found, or why there is none. It removes nothing: a workload that has left the spec
 * stays until somebody writes the spec again. A difference that is back after an attempt is left to people until the next day: somebody
 * makes it again.
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
    return { left: 'a repair of the same day has attempted some of it, and it is back' }
  }
  const differences = [...before, ...toRepair]
  if (differences.length > mostOfDay) return { left: `these would be more than ${mostOfDay} differences in a day` }
  const asked = { requestedBy: `repair of drift ${operationId}`, spec: cluster.spec, removed: [] }
  return { next: setupOf(recorded, asked), attempts: { day, differences } }
}

/** Decides whether to repair the findings of a scheduled drift. Each difference is attempted at most once a day. */
import type { RecordedCluster } from '../record/cluster-record.ts'
import type { AttemptsItem, OperationItem } from '../record/record.ts'
import { setupOperationFrom } from './deployment-setup.ts'
import type { NewOperation } from './record-operation.ts'

/** The maximum number of differences of a cluster to attempt in a day. One item has a hash of each difference. */
const mostOfDay = 1000

export interface Repair {
  readonly next: NewOperation
  /** All attempts of the drift's day, including this repair. */
  readonly attempts: AttemptsItem
}

/**
 * Returns the setup that repairs the findings of a drift, or the reason why no setup starts. The setup removes nothing:
 * workloads that have left the spec remain until the spec is written again. A difference that returns after an attempt
 * has a cause that a setup does not remove, so a repair attempts it again only on another day.
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
  return { next: setupOperationFrom(recorded, requested), attempts: { day, differences } }
}

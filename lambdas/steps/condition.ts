import type { RecordedError } from '../errors/recorded.ts'
import type { Assessment } from '../operations/record/condition.ts'
import type { ClusterConditionType, WorkloadConditionType } from '../operations/record/record.ts'
import type { Waiting } from '../report/waiting.ts'

export type ConditionType = ClusterConditionType | WorkloadConditionType

/** The condition of the cluster, or of the workload, that a step is about. */
export interface StepCondition {
  readonly type: ConditionType
  /** The step makes the condition true, does a part of the work, or removes what the condition is about. */
  readonly role: 'establishes' | 'contributes' | 'removes'
}

/** What the end of a step says of its condition; undefined when it says nothing. */
export function afterSuccess({ role }: StepCondition, output: object): Assessment | undefined {
  if (role === 'establishes') return { status: 'True', reason: 'Succeeded', message: '' }
  return role === 'removes' && isAway(output) ? { status: 'False', reason: 'Removed', message: '' } : undefined
}

/** The output has the objects that remain in `remaining`, or says in `gone` whether the thing no longer exists. */
function isAway({
  remaining = [],
  gone = true,
}: {
  readonly remaining?: readonly unknown[]
  readonly gone?: boolean
}): boolean {
  return remaining.length === 0 && gone
}

/** The reason of a condition while its step waits. */
export const waitingReason = 'Waiting'

export function whileWaiting({ reason }: Waiting): Assessment {
  return { status: 'False', reason: waitingReason, message: reason }
}

/** Errors after which nothing is known of the thing itself. */
const unobserved: readonly string[] = ['CloudUnavailable', 'Unreachable']

export function afterFailure({ name, object, reason, action }: RecordedError): Assessment {
  const status = unobserved.includes(name) ? 'Unknown' : 'False'
  return { status, reason: name, message: `${object}: ${reason}. ${action}.` }
}

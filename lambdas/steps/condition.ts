import type { RecordedError } from '../errors/recorded.ts'
import type { Assessment } from '../operations/record/condition.ts'
import type { ClusterConditionType, WorkloadConditionType } from '../operations/record/record.ts'
import type { Waiting } from '../report/waiting.ts'

export type ConditionType = ClusterConditionType | WorkloadConditionType

/** The condition of the cluster or the workload that a step affects. */
export interface StepCondition {
  readonly type: ConditionType
  /** Whether the step makes the condition true, does a part of the work, or removes the object of the condition. */
  readonly role: 'establishes' | 'contributes' | 'removes'
}

/** The assessment of the condition after the step; undefined when the step does not change it. */
export function afterSuccess({ role }: StepCondition, output: object): Assessment | undefined {
  if (role === 'establishes') return { status: 'True', reason: 'Succeeded', message: '' }
  return role === 'removes' && isAway(output) ? { status: 'False', reason: 'Removed', message: '' } : undefined
}

/** Whether a removal is complete, from the `remaining` objects of its output, or from `gone`. */
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

/** Errors after which the state of the object is unknown. */
const unobserved: readonly string[] = ['AgentNotResponding', 'CloudUnavailable', 'Unreachable']

export function afterFailure({ name, object, reason, action }: RecordedError): Assessment {
  const status = unobserved.includes(name) ? 'Unknown' : 'False'
  return { status, reason: name, message: `${object}: ${reason}. ${action}.` }
}

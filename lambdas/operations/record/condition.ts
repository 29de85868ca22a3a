import type { Condition } from './record.ts'

/** The status, reason and message of a condition, as a step currently assesses them. */
export type Assessment = Omit<Condition, 'lastTransitionTime'>

/** The new condition. Its lastTransitionTime changes only with its status. */
export function transitioned(before: Condition | undefined, now: Assessment, at: Date): Condition {
  const lastTransitionTime = before?.status === now.status ? before.lastTransitionTime : at.toISOString()
  return { ...now, lastTransitionTime }
}

export const inSync: Assessment = { status: 'True', reason: 'Succeeded', message: '' }

/**
 * The reason of InSync=False when other writers have added something to managed objects. A setup does not remove
 * additions.
 */
export const reasonAdded = 'Added'

/** The condition InSync after a setup. The reason Added stays, because only a drift detects that additions are gone. */
export function inSyncNow(before: Condition | undefined): Condition {
  if (before?.status === 'False' && before.reason === reasonAdded) return before
  return transitioned(before, inSync, new Date())
}

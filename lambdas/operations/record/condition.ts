import type { Condition } from './record.ts'

/** The status, reason and message of a condition, as a step assesses them now. */
export type Assessment = Omit<Condition, 'lastTransitionTime'>

/** The condition from now on. The time of its last transition changes only when its status changes. */
export function transitioned(before: Condition | undefined, now: Assessment, at: Date): Condition {
  const lastTransitionTime = before?.status === now.status ? before.lastTransitionTime : at.toISOString()
  return { ...now, lastTransitionTime }
}

export const inSync: Assessment = { status: 'True', reason: 'Succeeded', message: '' }

/** The reason of InSync while others have added rights to our objects. A setup leaves what others have added. */
export const added = 'Added'

/** The condition InSync of what a setup has just brought to what is requested. Only a drift finds out that additions are gone. */
export function inSyncNow(before: Condition | undefined): Condition {
  if (before?.status === 'False' && before.reason === added) return before
  return transitioned(before, inSync, new Date())
}

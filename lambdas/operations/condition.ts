import type { Condition } from './record.ts'

/** What is said of a thing now. */
export type Assessment = Omit<Condition, 'lastTransitionTime'>

/** The condition from now on: the time of its last transition stays while its status does. */
export function transitioned(before: Condition | undefined, now: Assessment, at: Date): Condition {
  const lastTransitionTime = before?.status === now.status ? before.lastTransitionTime : at.toISOString()
  return { ...now, lastTransitionTime }
}

/** When tokens of others are tried again. AWS counts each refusal as an unauthorized call: docs/deploy.md says which. */

/** What decides whether the refusals that are recorded for a role still hold. Times are ISO 8601, UTC. */
interface Recorded {
  /** When STS last refused tokens of others for the role. */
  readonly refusedAt: string | undefined
  /** When the role and its provider were last changed by us. */
  readonly changedAts: readonly (string | undefined)[]
}

/**
 * When STS refused tokens of others for a role, if that was on the day of `now` (UTC) and nothing was changed after it.
 * Undefined when they are to be tried again.
 */
export function refusedToday({ refusedAt, changedAts }: Recorded, now: Date): string | undefined {
  if (refusedAt === undefined || dayOf(new Date(refusedAt)) !== dayOf(now)) return undefined
  const isChanged = changedAts.some((at) => at !== undefined && Date.parse(at) >= Date.parse(refusedAt))
  return isChanged ? undefined : refusedAt
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

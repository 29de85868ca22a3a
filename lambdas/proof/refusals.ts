/** Limits how often a proof tries other tokens. Each refusal counts as an unauthorized call: docs/deployment.md. */

/** The facts that decide whether earlier refusals for a role are still valid. Times are ISO 8601, UTC. */
interface Recorded {
  /** The time when STS last refused tokens of other accounts and audiences for the role. */
  readonly refusedAt: string | undefined
  /** The times when this product last changed the role and its provider. */
  readonly changedAts: readonly (string | undefined)[]
}

/**
 * Returns the time of STS's last refusals for a role, if it is on the day of `now` (UTC) and this product has changed
 * neither the role nor its provider since. Returns undefined if the tokens have to be tried again.
 */
export function refusedToday({ refusedAt, changedAts }: Recorded, now: Date): string | undefined {
  if (refusedAt === undefined || dayOf(new Date(refusedAt)) !== dayOf(now)) return undefined
  const isChanged = changedAts.some((at) => at !== undefined && Date.parse(at) >= Date.parse(refusedAt))
  return isChanged ? undefined : refusedAt
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

/**
 * Decides which thumbprints a provider should have after an observation of its servers. The functions are pure. The
 * earlier observations are in the history.
 *
 * IAM trusts a server by the list of thumbprints, unless IAM trusts the authority of its certificate:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html. The list must
 * always contain a thumbprint in use, and should not retain old thumbprints.
 *
 * A rotation adds a new thumbprint at once. If the list is full, the new thumbprint replaces the one that was unseen
 * for the longest time. A rotation without additions removes thumbprints that no run has observed for a day. It
 * removes them only if it has reached every address of the servers, and if the current thumbprints have been known for
 * a day.
 */
import * as z from 'zod/mini'
import { maxThumbprints } from './thumbprint.ts'

export const time = z.iso.datetime()

/** The recorded observations of one thumbprint. Times are the times of the runs. */
export const sighting = z.object({
  /** The run that first found the thumbprint, in the list or on a server. */
  noted: time,
  /** The first run that observed the thumbprint in a valid chain. Omitted until a run has. */
  firstSeen: z.exactOptional(time),
  /** The last run that observed the thumbprint, in any chain. */
  lastSeen: z.exactOptional(time),
})

export type Sighting = z.output<typeof sighting>

/** The sightings, by thumbprint. */
export type History = Readonly<Record<string, Sighting>>

export interface Observation {
  /** The provider's list. */
  readonly registered: readonly string[]
  /** The thumbprints that the servers currently present in valid chains, at least one. */
  readonly live: readonly string[]
  /** Thumbprints in invalid chains of the servers. They are never added, but count as in use if the list has them. */
  readonly untrusted: readonly string[]
  /** Whether the observation covers every address of the servers. */
  readonly isComplete: boolean
  readonly history: History
  readonly now: Date
}

export interface Rotation {
  /** The desired list. It equals the registered list if nothing changes. */
  readonly thumbprints: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Current thumbprints that do not fit, because IAM allows five. */
  readonly remaining: readonly string[]
  /** The history with this observation, and without thumbprints that are no longer in the list. */
  readonly history: History
}

const settledMs = 24 * 60 * 60 * 1000

/** Decides the changes. Thumbprints are 40 lower-case hex digits, but an unchanged list stays as registered. */
export function rotationOf(observation: Observation): Rotation {
  const { registered, isComplete, now } = observation
  const [listed, seen] = [unique(registered), unique(observation.live)]
  const noted = noteAll([...listed, ...seen], { ...observation, live: seen, untrusted: unique(observation.untrusted) })
  const kept = seen.filter((one) => listed.includes(one))
  const desired = seen.filter((one) => !listed.includes(one))
  const added = desired.slice(0, maxThumbprints - kept.length)
  const unseen = listed.filter((one) => !seen.includes(one))
  const surplus = Math.max(0, listed.length + added.length - maxThumbprints)
  const removed =
    desired.length > 0
      ? unseen.toSorted((a, b) => longestUnseenFirst(noted[a], noted[b])).slice(0, surplus)
      : outlived(isComplete ? unseen : [], { seen, noted, now })
  const thumbprints = [...listed.filter((one) => !removed.includes(one)), ...added]
  return {
    thumbprints: added.length + removed.length === 0 ? registered : thumbprints,
    added,
    removed,
    remaining: desired.filter((one) => !added.includes(one)),
    history: Object.fromEntries(Object.entries(noted).filter(([one]) => thumbprints.includes(one))),
  }
}

function noteAll(
  thumbprints: readonly string[],
  { live, untrusted, history, now }: Pick<Observation, 'live' | 'untrusted' | 'history' | 'now'>,
): Record<string, Sighting> {
  const at = now.toISOString()
  const sightingOf = (one: string): Sighting => {
    const before = history[one] ?? { noted: at }
    if (live.includes(one)) return { ...before, firstSeen: before.firstSeen ?? at, lastSeen: at }
    return untrusted.includes(one) ? { ...before, lastSeen: at } : before
  }
  return Object.fromEntries(thumbprints.map((one) => [one, sightingOf(one)]))
}

/** Returns the thumbprints to remove, or none until the current thumbprints have been valid for a day. */
function outlived(
  unseen: readonly string[],
  { seen, noted, now }: { readonly seen: readonly string[]; readonly noted: History; readonly now: Date },
): string[] {
  const isADayAgo = (at: string | undefined) => at !== undefined && now.getTime() - Date.parse(at) >= settledMs
  if (!seen.every((one) => isADayAgo(noted[one]?.firstSeen))) return []
  return unseen.filter((one) => isADayAgo(noted[one]?.lastSeen ?? noted[one]?.noted))
}

/** Sorts thumbprints by their last observation, the oldest first. Thumbprints that were never observed come first. */
function longestUnseenFirst(a: Sighting | undefined, b: Sighting | undefined): number {
  const order = (one: string | undefined, other: string | undefined) => (one ?? '').localeCompare(other ?? '')
  return order(a?.lastSeen, b?.lastSeen) || order(a?.noted, b?.noted)
}

function unique(thumbprints: readonly string[]): string[] {
  return [...new Set(thumbprints.map((thumbprint) => thumbprint.toLowerCase()))]
}

/**
 * Decides which thumbprints a provider should have after an observation of its servers. The functions are pure: the
 * history has the earlier observations.
 *
 * IAM trusts a server by the list, unless it knows the server's authority:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html.
 * The list must always contain a thumbprint in use, and should not retain old ones. A rotation adds a new thumbprint at
 * once. It removes others in a later run, under two conditions: two runs at least a day apart have observed the current
 * ones, and no run has observed the others for a day. A run with an incomplete observation removes none as unused.
 */
import * as z from 'zod/mini'
import { maxThumbprints } from './thumbprint.ts'

export const time = z.iso.datetime()

/** The recorded observations of one thumbprint. Times are the times of the runs. */
export const sighting = z.object({
  /** The run that first found it, in the list or on a server. */
  noted: time,
  /** The first run that observed it in a valid chain. Omitted without such a run, for example for a manual addition. */
  firstSeen: z.exactOptional(time),
  /** The last run that observed it, in any chain. */
  lastSeen: z.exactOptional(time),
})

export type Sighting = z.output<typeof sighting>

/** By thumbprint. */
export type History = Readonly<Record<string, Sighting>>

export interface Observation {
  /** The provider's list. */
  readonly registered: readonly string[]
  /** The thumbprints that the servers currently present in valid chains, at least one. */
  readonly live: readonly string[]
  /** Thumbprints that the servers present in other chains. If in the list, they are in use; they are never added. */
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

/** Decides the changes. Thumbprints are 40 hex digits, in lower case, but an unchanged list stays as registered. */
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

/** The thumbprints to remove from the list. None is removed before the current ones have been valid for a day. */
function outlived(
  unseen: readonly string[],
  { seen, noted, now }: { readonly seen: readonly string[]; readonly noted: History; readonly now: Date },
): string[] {
  const isADayAgo = (at: string | undefined) => at !== undefined && now.getTime() - Date.parse(at) >= settledMs
  if (!seen.every((one) => isADayAgo(noted[one]?.firstSeen))) return []
  return unseen.filter((one) => isADayAgo(noted[one]?.lastSeen ?? noted[one]?.noted))
}

/** Sorts thumbprints by their last observation, the oldest first. Never observed ones come before all others. */
function longestUnseenFirst(a: Sighting | undefined, b: Sighting | undefined): number {
  const order = (one: string | undefined, other: string | undefined) => (one ?? '').localeCompare(other ?? '')
  return order(a?.lastSeen, b?.lastSeen) || order(a?.noted, b?.noted)
}

function unique(thumbprints: readonly string[]): string[] {
  return [...new Set(thumbprints.map((thumbprint) => thumbprint.toLowerCase()))]
}

/**
 * Which thumbprints a provider is to have after a look at its servers. Pure: what was seen before is in the history.
 *
 * A list is what IAM believes a server by, so that nothing in use may ever be missing from it, and what was in use long ago
 * should not stay: a new one is added beside the others at once, and the others go in a later run, when what is live was
 * seen at two runs at least a day apart and they themselves were not seen for a day. A run that could not see everything
 * takes none for gone.
 */
import * as z from 'zod/mini'
import { maxThumbprints } from './thumbprint.ts'

export const time = z.iso.datetime()

/** What runs have noted of one thumbprint; times are of the runs. */
export const sighting = z.object({
  /** Of the run that first found it, in the list or live. */
  noted: time,
  /** Of a chain that validates; left out for one that was never seen so, as one that somebody has added by hand. */
  firstSeen: z.exactOptional(time),
  /** Of any chain. */
  lastSeen: z.exactOptional(time),
})

export type Sighting = z.output<typeof sighting>

/** By thumbprint. */
export type History = Readonly<Record<string, Sighting>>

export interface Look {
  /** The provider's list. */
  readonly registered: readonly string[]
  /** What the servers present now by chains that validate; at least one. */
  readonly live: readonly string[]
  /** What they present by others: never added, and yet in use where it is in the list. */
  readonly doubted: readonly string[]
  /** Whether the servers were seen at all of their addresses. */
  readonly isComplete: boolean
  readonly history: History
  readonly now: Date
}

export interface Rotation {
  /** The list that is to be; as it was registered when nothing changes. */
  readonly thumbprints: readonly string[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** Live, and without a place: IAM keeps five. */
  readonly left: readonly string[]
  /** With this look in it, and without what is no longer in the list. */
  readonly history: History
}

const settledMs = 24 * 60 * 60 * 1000

/** What to do after this look. Thumbprints are 40 hex digits; they come back in lower case. */
export function rotationOf(look: Look): Rotation {
  const { registered, isComplete, now } = look
  const [listed, seen] = [unique(registered), unique(look.live)]
  const noted = noteAll([...listed, ...seen], { ...look, live: seen, doubted: unique(look.doubted) })
  const kept = seen.filter((one) => listed.includes(one))
  const coming = seen.filter((one) => !listed.includes(one))
  const added = coming.slice(0, maxThumbprints - kept.length)
  const unseen = listed.filter((one) => !seen.includes(one))
  const surplus = Math.max(0, listed.length + added.length - maxThumbprints)
  const removed =
    coming.length > 0
      ? unseen.toSorted((a, b) => longestUnseenFirst(noted[a], noted[b])).slice(0, surplus)
      : outlived(isComplete ? unseen : [], { seen, noted, now })
  const thumbprints = [...listed.filter((one) => !removed.includes(one)), ...added]
  return {
    thumbprints: added.length + removed.length === 0 ? registered : thumbprints,
    added,
    removed,
    left: coming.filter((one) => !added.includes(one)),
    history: Object.fromEntries(Object.entries(noted).filter(([one]) => thumbprints.includes(one))),
  }
}

function noteAll(
  thumbprints: readonly string[],
  { live, doubted, history, now }: Pick<Look, 'live' | 'doubted' | 'history' | 'now'>,
): Record<string, Sighting> {
  const at = now.toISOString()
  const sightingOf = (one: string): Sighting => {
    const before = history[one] ?? { noted: at }
    if (live.includes(one)) return { ...before, firstSeen: before.firstSeen ?? at, lastSeen: at }
    return doubted.includes(one) ? { ...before, lastSeen: at } : before
  }
  return Object.fromEntries(thumbprints.map((one) => [one, sightingOf(one)]))
}

/** Those of the list that go because what is live has long been so. */
function outlived(
  unseen: readonly string[],
  { seen, noted, now }: { readonly seen: readonly string[]; readonly noted: History; readonly now: Date },
): string[] {
  const isADayAgo = (at: string | undefined) => at !== undefined && now.getTime() - Date.parse(at) >= settledMs
  if (!seen.every((one) => isADayAgo(noted[one]?.firstSeen))) return []
  return unseen.filter((one) => isADayAgo(noted[one]?.lastSeen ?? noted[one]?.noted))
}

/** Never seen is longest. */
function longestUnseenFirst(a: Sighting | undefined, b: Sighting | undefined): number {
  const order = (one: string | undefined, other: string | undefined) => (one ?? '').localeCompare(other ?? '')
  return order(a?.lastSeen, b?.lastSeen) || order(a?.noted, b?.noted)
}

function unique(thumbprints: readonly string[]): string[] {
  return [...new Set(thumbprints.map((thumbprint) => thumbprint.toLowerCase()))]
}

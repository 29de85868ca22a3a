/** Decides which keys of a cluster are published: its current keys, and the keys of the last day. */
import { calculateJwkThumbprint } from 'jose'
import * as z from 'zod/mini'
import type { PublicKey } from '../clouds/public-key.ts'
import type { RecordedKey, RevokedKey } from '../operations/record/record.ts'
import { isAmong, type Thumbprinted, without } from '../ownership/keys.ts'

/**
 * How long a key that the API server no longer returns stays published. During a change, API servers of one cluster may
 * return different keys. A day is enough, because the webhook limits tokens for AWS to a day (its flag
 * --token-expiration, 86400).
 */
const retentionMs = 24 * 60 * 60 * 1000

export interface IdentifiedKey extends Thumbprinted {
  readonly key: PublicKey
}

export function identified(keys: readonly PublicKey[]): Promise<IdentifiedKey[]> {
  return Promise.all(keys.map(async (key) => ({ key, thumbprint: await calculateJwkThumbprint(key) })))
}

export interface KeysToPublish {
  /** Sorted by their IDs. */
  readonly keys: readonly PublicKey[]
  readonly recorded: readonly RecordedKey[]
}

interface Known {
  /** The keys that were published for this cluster. */
  readonly recorded: readonly RecordedKey[]
  readonly revoked: readonly Thumbprinted[]
  readonly now: Date
}

/**
 * @param current the keys that the API server has now
 * @param published the keys in the existing document; keys without a record belong to another cluster, and are dropped
 */
export function keysToPublish(
  current: readonly IdentifiedKey[],
  published: readonly IdentifiedKey[],
  { recorded, revoked, now }: Known,
): KeysToPublish {
  const live = without(current, revoked)
  const missing = without(without(recorded, revoked), live)
    .map((key) => ({ ...key, missingSince: key.missingSince ?? now.toISOString() }))
    .filter(({ missingSince }) => now.getTime() - Date.parse(missingSince) < retentionMs)
  const kept = published.filter((one) => isAmong(missing, one) && !live.some(({ key }) => key.kid === one.key.kid))
  const still = missing.filter((key) => isAmong(kept, key))
  const named = live.map(({ key: { kid }, thumbprint }) => ({ kid, thumbprint }))
  return { keys: byId([...live, ...kept]), recorded: [...named, ...still] }
}

/** Returns the keys that a publication adds and removes, as a clause, or undefined if it changes none. */
export function changeOfKeys(before: readonly RecordedKey[], after: readonly RecordedKey[]): string | undefined {
  const clause = (what: string, keys: readonly RecordedKey[]) =>
    keys.length === 0 ? [] : [`${what}: ${keys.map(({ kid }) => kid).join(', ')}`]
  const clauses = [
    ...clause('published from now on', without(after, before)),
    ...clause('no longer published', without(before, after)),
  ]
  return clauses.length === 0 ? undefined : clauses.join('; ')
}

export function byId(keys: readonly IdentifiedKey[]): PublicKey[] {
  return keys.map(({ key }) => key).toSorted((a, b) => a.kid.localeCompare(b.kid, 'en'))
}

/** The key IDs of a cluster. The `published` keys include `kept` keys, which the API server no longer has. */
export const keyStates = z.object({
  published: z.array(z.string()),
  kept: z.array(z.object({ kid: z.string(), until: z.string() })),
  revoked: z.array(z.string()),
})

export function keyStatesOf(
  recorded: readonly RecordedKey[],
  revoked: readonly Pick<RevokedKey, 'kid'>[],
): z.output<typeof keyStates> {
  return {
    published: recorded.map(({ kid }) => kid),
    kept: recorded.flatMap(({ kid, missingSince }) =>
      missingSince === undefined
        ? []
        : [{ kid, until: new Date(Date.parse(missingSince) + retentionMs).toISOString() }],
    ),
    revoked: revoked.map(({ kid }) => kid),
  }
}

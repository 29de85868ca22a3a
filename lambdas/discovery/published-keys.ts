/** Decides which keys of a cluster are published now: those that it has, and those that it had until a moment ago. */
import type { RecordedKey } from '../operations/record.ts'
import type { PublicKey } from './public-key.ts'

/**
 * A key that is missing in one answer is not gone: API servers of one cluster may differ while they are changed. Tokens
 * for AWS are valid for a day at most, by the webhook's own limit (its flag --token-expiration, 86400).
 */
const keptMs = 24 * 60 * 60 * 1000

/** A key with its thumbprint (RFC 7638, SHA-256, base64url). */
export interface IdentifiedKey {
  readonly key: PublicKey
  readonly thumbprint: string
}

export interface KeysToPublish {
  /** Sorted by their IDs. */
  readonly keys: readonly PublicKey[]
  readonly recorded: readonly RecordedKey[]
}

/**
 * @param live the keys that the API server has now
 * @param published the keys in the document that is there; those that the record does not know are of another cluster
 * @param recorded the keys that were published for this cluster
 */
export function keysToPublish(
  live: readonly IdentifiedKey[],
  published: readonly IdentifiedKey[],
  { recorded, now }: { readonly recorded: readonly RecordedKey[]; readonly now: Date },
): KeysToPublish {
  const missing = recorded
    .filter(({ thumbprint }) => !live.some((one) => one.thumbprint === thumbprint))
    .map((key) => ({ ...key, missingSince: key.missingSince ?? now.toISOString() }))
    .filter(({ missingSince }) => now.getTime() - Date.parse(missingSince) < keptMs)
  const kept = published.filter(
    ({ thumbprint, key }) =>
      missing.some((one) => one.thumbprint === thumbprint) && !live.some((one) => one.key.kid === key.kid),
  )
  const current = live.map(({ key: { kid }, thumbprint }) => ({ kid, thumbprint }))
  const still = missing.filter(({ thumbprint }) => kept.some((one) => one.thumbprint === thumbprint))
  const keys = [...live, ...kept].map(({ key }) => key)
  return { keys: keys.toSorted((a, b) => a.kid.localeCompare(b.kid, 'en')), recorded: [...current, ...still] }
}

/** The signing keys of a cluster with which its agent may authenticate. */
import * as z from 'zod/mini'
import { publicKey } from '../clouds/public-key.ts'
import { isAmong, without } from '../ownership/keys.ts'
import { mostKeys } from './messages.ts'
import type { SigningKey, VerifiedAgent } from './token.ts'

export const agentKey = z.object({
  key: publicKey,
  /** RFC 7638, SHA-256, base64url. */
  thumbprint: z.string(),
  addedAt: z.iso.datetime(),
})

export type AgentKey = z.output<typeof agentKey>

/**
 * A key that is older than this is not removed by a key set: more than the hour for which a stolen token is valid, and the
 * 48 minutes after which the kubelet renews a token.
 */
const removableMs = 2 * 60 * 60 * 1000

export function addedKeys(keys: readonly SigningKey[], now: Date): AgentKey[] {
  return keys.map(({ key, thumbprint }) => ({ key, thumbprint, addedAt: now.toISOString() }))
}

/**
 * The keys after an agent has announced a key set. A thief of a token can announce keys, too, for as long as the token
 * is valid. Therefore a key set removes a key only if all of this holds:
 *
 * - The key was added after the key of the token. So a key of a thief cannot remove the keys of the cluster.
 * - The token was issued after the key was added, and the key is not old. So a stolen token from before a change of the
 *   signing key cannot remove the new key, with which the API server now signs.
 *
 * A key set without the key of the token has no effect, and neither has one with which the agent had too many keys.
 *
 * @param known in the order in which they were added
 */
export function keysAfter(
  known: readonly AgentKey[],
  announced: readonly SigningKey[],
  { signedBy, issuedAt }: VerifiedAgent,
  now: Date,
): readonly AgentKey[] {
  if (!isAmong(announced, signedBy)) return known
  const own = known.findIndex(({ thumbprint }) => thumbprint === signedBy.thumbprint)
  const isRemoved = (key: AgentKey, index: number) => index > own && isRemovable(key, issuedAt, now)
  const kept = known.filter((key, index) => isAmong(announced, key) || !isRemoved(key, index))
  const all = [...kept, ...addedKeys(without(announced, kept), now)]
  return all.length > mostKeys ? known : all
}

function isRemovable({ addedAt }: AgentKey, issuedAt: Date, now: Date): boolean {
  const added = Date.parse(addedAt)
  return issuedAt.getTime() > added && now.getTime() - added < removableMs
}

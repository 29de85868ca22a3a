/** Decides whether an administrator may accept a signing key, so that it is published. */
import * as z from 'zod/mini'
import type { AcceptedKey, ClusterStatus } from '../operations/record/record.ts'
import { textOf } from '../spec/format.ts'
import { keyStates, keyStatesOf } from './published-keys.ts'

/** The thumbprint identifies the key, because the operator of the API server chooses the ID. */
export const acceptanceBody = z.strictObject({
  thumbprint: textOf(
    {
      name: 'a thumbprint of a key',
      pattern: /^[\w-]{43}$/,
      use: 'the thumbprint (RFC 7638, SHA-256, base64url) that the waiting reason and waitingKeys of the status show',
    },
    'RFC 7638, SHA-256, base64url: the thumbprint of the waiting key, which the waiting reason and `waitingKeys` of the status show',
  ),
})

/** The IDs of a cluster's keys after an acceptance. The waiting step publishes the accepted key. */
export const acceptedKeyStates = z.extend(keyStates, {
  accepted: z.array(z.string()).check(z.describe('IDs of the keys that administrators have accepted')),
})

interface Acceptance {
  readonly kid: string
  readonly thumbprint: string
  /** The ARN of the caller, or the issuer and the subject of the caller's token. */
  readonly acceptedBy: string
  readonly now: Date
}

/** Returns the accepted key for the record. If no waiting key matches, returns the waiting keys as texts. */
export function acceptance(
  { waitingKeys = [] }: Pick<ClusterStatus, 'waitingKeys'>,
  { kid, thumbprint, acceptedBy, now }: Acceptance,
): { readonly key: AcceptedKey } | { readonly known: readonly string[] } {
  const waiting = waitingKeys.find((key) => key.kid === kid && key.thumbprint === thumbprint)
  if (!waiting) return { known: waitingKeys.map((key) => `${key.kid} with thumbprint ${key.thumbprint}`) }
  return { key: { ...waiting, acceptedAt: now.toISOString(), acceptedBy } }
}

export function acceptedKeyStatesOf({
  publishedKeys = [],
  revokedKeys = [],
  acceptedKeys = [],
}: ClusterStatus): z.output<typeof acceptedKeyStates> {
  return { ...keyStatesOf(publishedKeys, revokedKeys), accepted: acceptedKeys.map(({ kid }) => kid) }
}

import * as z from 'zod/mini'
import { freshTokenOf } from '../clouds/kubernetes/fresh-token.ts'
import { issuerNamedIn } from '../clouds/kubernetes/token-issuer.ts'
import { keyIdOf } from '../clouds/kubernetes/token-key.ts'
import { clusterPart } from '../objects/cluster-part.ts'

/**
 * The cluster part of RevokeKey. Returns the issuer and the key ID that a new token names. During a change of keys, API
 * servers may sign with different keys. The result is then the key of the server that responds.
 */
export const readSigningKey = clusterPart({
  question: z.object({}),
  finding: z.object({
    issuer: z.string(),
    /** Omitted when the token names no key. */
    kid: z.optional(z.string()),
  }),
  async find(client) {
    const { token } = await freshTokenOf(client)
    return { issuer: issuerNamedIn(token), kid: keyIdOf(token) }
  },
})

import * as z from 'zod/mini'
import { freshTokenOf } from '../clouds/kubernetes/fresh-token.ts'
import { issuerNamedIn } from '../clouds/kubernetes/token-issuer.ts'
import { keyIdOf } from '../clouds/kubernetes/token-key.ts'
import { clusterPart } from '../objects/cluster-part.ts'

/**
 * The cluster part of RevokeKey. Returns the issuer and the key ID of a new token. During a change of keys, the result
 * depends on the server that responds.
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

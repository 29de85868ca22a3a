import * as z from 'zod/mini'
import { freshTokenOf } from '../clouds/kubernetes/fresh-token.ts'
import { issuerNamedIn } from '../clouds/kubernetes/token-issuer.ts'
import { keyIdOf } from '../clouds/kubernetes/token-key.ts'
import { clusterPart } from '../objects/cluster-part.ts'

/**
 * The cluster part of RevokeKey: the issuer and the key that a new token names. During a change, API servers may sign
 * with different keys: the result is the key of the server that responds.
 */
export const readSigningKey = clusterPart({
  question: z.object({}),
  finding: z.object({
    issuer: z.string(),
    /** Omitted when the token names none. */
    kid: z.optional(z.string()),
  }),
  async find(client) {
    const { token } = await freshTokenOf(client)
    return { issuer: issuerNamedIn(token), kid: keyIdOf(token) }
  },
})

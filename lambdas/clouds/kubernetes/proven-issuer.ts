import { calculateJwkThumbprint, type JWTPayload, jwtVerify } from 'jose'
import * as z from 'zod/mini'
import { algorithms, type PublicKey } from '../public-key.ts'
import { type FreshToken, subjectOfFreshTokens } from './fresh-token.ts'
import { keyIdOf } from './token-key.ts'

/** The issuer of a cluster. A key that signs the cluster's tokens proves it. */
export interface ProvenIssuer {
  /** The `iss` of the token. */
  readonly issuer: string
  readonly signingKey: PublicKey
  /** Thumbprint of the signing key (RFC 7638, SHA-256, base64url). */
  readonly thumbprint: string
}

/** The issuers that a token may name, and the keys that may have signed it. */
export interface Expected {
  readonly issuers: readonly string[]
  readonly keys: readonly PublicKey[]
}

/**
 * The tolerance in seconds, which disables the check of times. The random audience already proves that the token is
 * new. The function's clock may be wrong: a check of times could reject tokens that STS accepts.
 */
const clockTolerance = Number.MAX_SAFE_INTEGER

/**
 * The claims of a token that is bound to an object. This product requests tokens that are not bound (fresh-token.ts),
 * and rejects bound ones: whoever may create pods can get a token that is bound to a pod, for any audience.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
const boundToken = z.object({
  'kubernetes.io': z.union([
    z.object({ pod: z.looseObject({}) }),
    z.object({ secret: z.looseObject({}) }),
    z.object({ node: z.looseObject({}) }),
  ]),
})

/**
 * Returns the issuer that a fresh token names, and the key that signed the token. Returns undefined when none of the
 * keys signed it, when issuer, audience or subject differ, or when the token is bound to an object of the cluster.
 */
export async function provenIssuer(fresh: FreshToken, { issuers, keys }: Expected): Promise<ProvenIssuer | undefined> {
  const kid = keyIdOf(fresh.token)
  for (const signingKey of keys.filter((key) => key.kid === kid)) {
    const issuer = await issuerSignedBy(signingKey, fresh, issuers)
    if (issuer !== undefined) return { issuer, signingKey, thumbprint: await calculateJwkThumbprint(signingKey) }
  }
  return undefined
}

async function issuerSignedBy(
  key: PublicKey,
  { token, audience }: FreshToken,
  issuers: readonly string[],
): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, {
      issuer: [...issuers],
      audience,
      subject: subjectOfFreshTokens,
      algorithms: [...algorithms],
      clockTolerance,
    })
    return isBound(payload) ? undefined : payload.iss
  } catch {
    // The error is dropped, because its message may quote the token.
    return undefined
  }
}

function isBound(payload: JWTPayload): boolean {
  return boundToken.safeParse(payload).success
}

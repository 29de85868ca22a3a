import { calculateJwkThumbprint, jwtVerify } from 'jose'
import { algorithms, type PublicKey } from '../public-key.ts'
import { stsAudienceOfTokens } from './sts-token.ts'
import { keyIdOf } from './token-key.ts'

/** The issuer of a cluster, proven by a key that signs its tokens. */
export interface ProvenIssuer {
  /** The `iss` of the token. */
  readonly issuer: string
  readonly signingKey: PublicKey
  /** Of the key (RFC 7638, SHA-256, base64url). */
  readonly thumbprint: string
}

/** By what a token is verified. */
export interface Expected {
  /** Those that the token may name. */
  readonly issuers: readonly string[]
  readonly keys: readonly PublicKey[]
}

/** The clocks of API servers and of Lambda differ, in seconds. */
const clockTolerance = 300

/**
 * The issuer that a token of `stsTokenOf` names, with the key that has signed it. Undefined when none of the keys has
 * signed it, or when it is of another issuer or audience, or has expired.
 */
export async function provenIssuer(token: string, { issuers, keys }: Expected): Promise<ProvenIssuer | undefined> {
  const kid = keyIdOf(token)
  for (const signingKey of keys.filter((key) => key.kid === kid)) {
    const issuer = await issuerSignedBy(signingKey, token, issuers)
    if (issuer !== undefined) return { issuer, signingKey, thumbprint: await calculateJwkThumbprint(signingKey) }
  }
  return undefined
}

async function issuerSignedBy(key: PublicKey, token: string, issuers: readonly string[]): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token, key, {
      issuer: [...issuers],
      audience: stsAudienceOfTokens,
      algorithms: [...algorithms],
      requiredClaims: ['exp'],
      clockTolerance,
    })
    return payload.iss
  } catch {
    // The error is dropped, because its message may quote the token.
    return undefined
  }
}

/** Public keys that verify the signatures of tokens, in one canonical form. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import * as z from 'zod/mini'

const rsaAlgorithms = ['RS256', 'RS384', 'RS512'] as const
const ecAlgorithms = ['ES256', 'ES384', 'ES512'] as const

/** The algorithms that IAM accepts. */
export const algorithms: readonly string[] = [...rsaAlgorithms, ...ecAlgorithms]

/**
 * A valid key ID. Kubernetes uses base64url of the key's hash: 43 characters. The pattern excludes URLs, because
 * messages display the ID, and the operator of the API server chooses it.
 */
export const keyIdPattern = /^[\w.~+=-]{1,128}$/

/**
 * A public key of a published key set (RFC 7517). Parsing removes all other fields. IAM accepts only these algorithms:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
const rsaKey = z.object({
  kty: z.literal('RSA'),
  kid: z.string(),
  use: z.exactOptional(z.literal('sig')),
  alg: z.exactOptional(z.enum(rsaAlgorithms)),
  n: z.string(),
  e: z.string(),
})

const ecKey = z.object({
  kty: z.literal('EC'),
  kid: z.string(),
  use: z.exactOptional(z.literal('sig')),
  alg: z.exactOptional(z.enum(ecAlgorithms)),
  crv: z.enum(['P-256', 'P-384', 'P-521']),
  x: z.string(),
  y: z.string(),
})

export const publicKey = z.discriminatedUnion('kty', [rsaKey, ecKey])

export type PublicKey = z.output<typeof publicKey>

/** The minimum for RSA signatures (RFC 7518, section 3.3). */
const leastBits = 2048

/** The maximum of OpenSSL (OPENSSL_RSA_MAX_MODULUS_BITS). */
const mostBits = 16_384

/**
 * The limits of the public exponent (FIPS 186-5, section A.1.1). Without an upper limit, the owner of the private key
 * could add the order of the group to the exponent, and so publish the same key in another form.
 */
const leastExponent = 65_537n
const exponentsEnd = 2n ** 256n

/** A key in canonical form, or the problem with it as a clause without a subject. */
export type CanonicalKey = { readonly key: PublicKey } | { readonly problem: string }

/**
 * Returns the key in canonical form: only the fields of a public key, and numbers without leading zeros and padding.
 * Equal keys then have the same thumbprint (RFC 7638). Never throws.
 */
export function canonicalKey(jwk: unknown): CanonicalKey {
  const parsed = publicKey.safeParse(jwk)
  if (!parsed.success) return { problem: 'is incomplete, or signs by an algorithm that IAM does not take' }
  const key = keyObject(parsed.data)
  if (!key) return { problem: 'has no valid numbers for a key of its type' }
  const problem = parsed.data.kty === 'RSA' ? rsaProblem(key) : undefined
  if (problem !== undefined) return { problem }
  return { key: publicKey.parse({ ...parsed.data, ...key.export({ format: 'jwk' }) }) }
}

const keySet = z.object({ keys: z.array(z.unknown()) })

/** Returns the keys of a key set that can verify tokens, in canonical form. Returns none if the body is no key set. */
export function usableKeys(body: unknown): PublicKey[] {
  const { keys = [] } = keySet.safeParse(body).data ?? {}
  return keys.map(canonicalKey).flatMap((one) => ('key' in one ? [one.key] : []))
}

/** Returns undefined if the key is invalid, for example if its point is not on the curve. */
function keyObject(key: PublicKey): KeyObject | undefined {
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    return undefined
  }
}

function rsaProblem({ asymmetricKeyDetails }: KeyObject): string | undefined {
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = asymmetricKeyDetails ?? {}
  if (bits < leastBits) return `has fewer than ${leastBits} bits`
  if (bits > mostBits) return `has more than ${mostBits} bits`
  if (exponent % 2n === 1n && exponent >= leastExponent && exponent < exponentsEnd) return undefined
  return `has an exponent that is even, less than ${leastExponent}, or longer than 256 bits`
}

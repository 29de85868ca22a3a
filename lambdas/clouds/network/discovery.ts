import * as z from 'zod/mini'
import { InvalidDiscovery } from '../../errors/step-errors.ts'
import { canonicalKey, type PublicKey } from '../public-key.ts'

/** A key of a published key set. */
export interface SigningKey {
  readonly kid?: string | undefined
  readonly kty: 'RSA' | 'EC'
  readonly alg?: string | undefined
  /** The key in canonical form, if this code can verify tokens with the key. IAM may accept more keys. */
  readonly key?: PublicKey | undefined
}

const documentSchema = z.object({ issuer: z.string(), jwks_uri: z.string() })
const anyKey = z.looseObject({
  kty: z.string(),
  kid: z.optional(z.string()),
  alg: z.optional(z.string()),
  use: z.optional(z.string()),
})
const keySetSchema = z.object({ keys: z.array(anyKey) })

/** The maximum length of a key set's URL, in characters. The record and messages contain the URL. */
const longestUrl = 2048

/**
 * A key set "must contain at least one key and can have a maximum of 100 RSA keys and 100 EC keys". With more keys of a
 * type, STS answers InvalidIdentityToken to each token that a key of this type signed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
const mostKeys = 100

/** Returns the URL of an issuer's discovery document (OpenID Connect Discovery 1.0, section 4.1). */
export function discoveryUrl(issuerUrl: string): string {
  return `${issuerUrl.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/**
 * Returns the `jwks_uri` of a discovery document as a normalized URL.
 *
 * @throws {InvalidDiscovery} when the body is no discovery document, when its issuer is not exactly the same text as
 * `issuerUrl` (section 4.3), or when its `jwks_uri` is too long or no plain https URL
 */
export function parseDiscoveryDocument(body: unknown, issuerUrl: string): string {
  const url = discoveryUrl(issuerUrl)
  const parsed = documentSchema.safeParse(body)
  if (!parsed.success) throw invalidDiscovery(url, 'it lacks issuer or jwks_uri')
  if (parsed.data.issuer !== issuerUrl) throw invalidDiscovery(url, `its issuer is not ${issuerUrl}`)
  const keys = URL.parse(parsed.data.jwks_uri)
  if (keys?.protocol !== 'https:' || keys.username || keys.password || keys.hash) {
    throw invalidDiscovery(url, 'its jwks_uri is not a plain https URL')
  }
  if (keys.href.length > longestUrl) throw invalidDiscovery(url, `its jwks_uri has more than ${longestUrl} characters`)
  return keys.href
}

/**
 * Returns the keys of a key set (RFC 7517) that can sign tokens for IAM: RSA and EC keys, except keys for encryption.
 *
 * @throws {InvalidDiscovery} when the body is no key set, has no such key, or has more keys of a type than IAM accepts
 */
export function parseKeySet(body: unknown, jwksUri: string): SigningKey[] {
  const parsed = keySetSchema.safeParse(body)
  if (!parsed.success) throw invalidDiscovery(jwksUri, 'it is not a JSON Web Key Set')
  for (const type of ['RSA', 'EC']) {
    const count = parsed.data.keys.filter(({ kty }) => kty === type).length
    if (count > mostKeys) throw tooManyKeys(jwksUri, type, count)
  }
  const keys = parsed.data.keys.filter(({ use }) => use === undefined || use === 'sig').flatMap(signingKey)
  if (keys.length === 0) throw invalidDiscovery(jwksUri, 'it has no RSA or EC key for signatures')
  return keys
}

/** Returns the error for an unusable discovery document or key set. `problem` must not quote this untrusted text. */
export function invalidDiscovery(url: string, problem: string): InvalidDiscovery {
  return new InvalidDiscovery({
    object: url,
    reason: `the document cannot be used: ${problem}`,
    action: 'Let the issuer publish its discovery document and its key set as OpenID Connect Discovery describes them',
  })
}

function tooManyKeys(jwksUri: string, type: string, count: number): InvalidDiscovery {
  return new InvalidDiscovery({
    object: jwksUri,
    reason: `it has ${count} ${type} keys, and an OIDC provider of IAM takes at most ${mostKeys} of a type: with more, STS accepts no token that a key of this type signed`,
    action: 'Remove the keys that no longer sign tokens',
  })
}

function signingKey(jwk: z.output<typeof anyKey>): SigningKey[] {
  const { kty, kid, alg } = jwk
  if (kty !== 'RSA' && kty !== 'EC') return []
  const canonical = canonicalKey(jwk)
  return [{ kty, kid, alg, ...('key' in canonical && { key: canonical.key }) }]
}

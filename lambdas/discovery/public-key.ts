import * as z from 'zod/mini'

/**
 * A public key of a key set as it is published (RFC 7517): these members and no others. The algorithms are those that
 * IAM takes: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
const rsaKey = z.object({
  kty: z.literal('RSA'),
  kid: z.string(),
  use: z.exactOptional(z.literal('sig')),
  alg: z.exactOptional(z.enum(['RS256', 'RS384', 'RS512'])),
  n: z.string(),
  e: z.string(),
})

const ecKey = z.object({
  kty: z.literal('EC'),
  kid: z.string(),
  use: z.exactOptional(z.literal('sig')),
  alg: z.exactOptional(z.enum(['ES256', 'ES384', 'ES512'])),
  crv: z.enum(['P-256', 'P-384', 'P-521']),
  x: z.string(),
  y: z.string(),
})

export const publicKey = z.discriminatedUnion('kty', [rsaKey, ecKey])

export type PublicKey = z.output<typeof publicKey>

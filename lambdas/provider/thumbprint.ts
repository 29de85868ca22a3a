import { createHash } from 'node:crypto'

/**
 * The maximum number of thumbprints of a provider
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html).
 */
export const maxThumbprints = 5

/**
 * The thumbprint that IAM compares: the SHA-1 of the last certificate that the server sends, as 40 lowercase hex digits
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html).
 *
 * @param chain the certificates in DER, in the order in which the server sent them; not empty
 * @throws {RangeError} when the chain is empty
 */
export function thumbprintOf(chain: readonly Uint8Array[]): string {
  const last = chain.at(-1)
  if (!last) throw new RangeError('a chain has at least one certificate')
  return createHash('sha1').update(last).digest('hex')
}

/**
 * Returns the list that replaces the existing list. It includes the existing thumbprints, because the old and the new
 * certificate must be trusted during a change. Beyond five, the first thumbprints that are not current are dropped.
 */
export function unionThumbprints(existing: readonly string[], live: readonly string[]): string[] {
  const desired = unique(live).slice(0, maxThumbprints)
  const all = unique([...existing, ...desired])
  const surplus = Math.max(0, all.length - maxThumbprints)
  const dropped = all.filter((thumbprint) => !desired.includes(thumbprint)).slice(0, surplus)
  return all.filter((thumbprint) => !dropped.includes(thumbprint))
}

function unique(thumbprints: readonly string[]): string[] {
  return [...new Set(thumbprints.map((thumbprint) => thumbprint.toLowerCase()))]
}

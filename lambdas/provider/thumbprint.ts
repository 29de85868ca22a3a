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
 * The list to write: the existing thumbprints and the current ones. An update replaces the list, and must not break
 * trust in the old or the new certificate during a change. Beyond five, the oldest unused ones are dropped. Returns the
 * same thumbprints if all current ones are in the list already.
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

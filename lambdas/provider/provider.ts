import { stsAudience } from '../clouds/aws/iam-names.ts'
import type { ObservedProvider, ProviderState } from '../clouds/aws/oidc-providers.ts'
import type { Tags } from '../clouds/aws/tags.ts'
import { carries, isAdopted, type Owner, tagsFor } from '../ownership/ownership.ts'
import { type Difference, differenceIn, differencesByKey } from '../report/difference.ts'
import { unionThumbprints } from './thumbprint.ts'

/** The writes that bring a provider to the desired state. Omitted fields do not change. */
export interface ProviderChanges {
  /** All of our tags. Each write includes the tag that the function's own permissions require. */
  readonly tags?: Tags
  /** The complete new list, because an update replaces the old one. */
  readonly thumbprints?: readonly string[]
  readonly clientId?: string
}

/**
 * Returns the changes that bring a provider to the desired state. Current thumbprints are added to the existing
 * thumbprints, so that a thumbprint in use is never dropped. Client IDs and tags of other writers stay.
 */
export function providerChanges(
  observed: ProviderState,
  live: readonly string[],
  owner: { readonly owner: Owner; readonly adopting: boolean },
): ProviderChanges {
  const tags = tagsFor(owner.owner, owner.adopting || isAdopted(observed.tags))
  const thumbprints = unionThumbprints(observed.thumbprints, live)
  return {
    ...(!carries(observed.tags, tags) && { tags }),
    ...(!sameSet(observed.thumbprints, thumbprints) && { thumbprints }),
    ...(!observed.clientIds.includes(stsAudience) && { clientId: stsAudience }),
  }
}

/** Returns a text such as "tags; client ID sts.amazonaws.com", for the detail of a change. */
export function describeProviderChanges(changes: ProviderChanges): string {
  const parts = [
    changes.tags && 'tags',
    changes.thumbprints && `thumbprints ${changes.thumbprints.join(', ')}`,
    changes.clientId && `client ID ${changes.clientId}`,
  ]
  return parts.filter((part) => part !== undefined).join('; ')
}

/** The differences that the changes would remove, for each field. */
export function providerDifferences(observed: ProviderState, changes: ProviderChanges): Difference[] {
  return [
    ...differencesByKey(changes.tags ?? {}, observed.tags, 'tags.'),
    ...(changes.thumbprints ? [differenceIn('thumbprints', changes.thumbprints, observed.thumbprints)] : []),
    ...(changes.clientId ? [differenceIn('clientIds', changes.clientId, undefined)] : []),
  ]
}

/**
 * Returns what other writers have added: audiences, for which AWS would accept tokens, and trusted identity propagation,
 * which gives sessions the identity in a claim. Added thumbprints are not reported, because an unused thumbprint may
 * belong to an earlier or a later certificate.
 */
export function providerAdditions({ clientIds, contextProvider }: ObservedProvider): Difference[] {
  return [
    ...clientIds.filter((id) => id !== stsAudience).map((id) => differenceIn('clientIds', undefined, id)),
    ...(contextProvider === undefined ? [] : [differenceIn('contextProvider', undefined, contextProvider)]),
  ]
}

/**
 * Host and port of each https server whose certificate IAM checks: the server of the signing keys, and the issuer's
 * server if it differs.
 */
export function thumbprintServers(issuerUrl: string, jwksUri: string): { host: string; port: number }[] {
  const keys = new URL(jwksUri)
  const issuer = new URL(issuerUrl)
  return [keys, ...(issuer.host === keys.host ? [] : [issuer])].map((url) => ({
    host: url.hostname,
    port: url.port === '' ? 443 : Number(url.port),
  }))
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((element) => other.includes(element))
}

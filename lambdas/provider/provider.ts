import { stsAudience } from '../clouds/aws/iam-names.ts'
import type { ProviderState } from '../clouds/aws/oidc-providers.ts'
import type { Tags } from '../clouds/aws/tags.ts'
import { Unsupported } from '../errors/step-errors.ts'
import { carries, isAdopted, type Owner, tagsFor } from '../ownership/ownership.ts'
import { type Difference, differenceIn, differencesByKey } from '../report/difference.ts'
import { unionThumbprints } from './thumbprint.ts'

/** What has to be written to bring a provider to what is asked; what is left out is as it must be. */
export interface ProviderChanges {
  /** All of our tags: a write always carries the mark that the function's own permissions ask for. */
  readonly tags?: Tags
  /** The whole new list: an update replaces it. */
  readonly thumbprints?: readonly string[]
  readonly clientId?: string
}

/**
 * What differs between a provider that may be used and what it must be: thumbprints by union, so that a rotation never
 * drops the one in use; our client ID among the others; our tags among the others.
 */
export function providerChanges(
  found: ProviderState,
  live: readonly string[],
  owner: { readonly owner: Owner; readonly adopting: boolean },
): ProviderChanges {
  const tags = tagsFor(owner.owner, owner.adopting || isAdopted(found.tags))
  const thumbprints = unionThumbprints(found.thumbprints, live)
  return {
    ...(!carries(found.tags, tags) && { tags }),
    ...(!sameSet(found.thumbprints, thumbprints) && { thumbprints }),
    ...(!found.clientIds.includes(stsAudience) && { clientId: stsAudience }),
  }
}

/** "thumbprints, client ID", for a change's detail. */
export function describeProviderChanges(changes: ProviderChanges): string {
  const parts = [
    changes.tags && 'tags',
    changes.thumbprints && `thumbprints ${changes.thumbprints.join(', ')}`,
    changes.clientId && `client ID ${changes.clientId}`,
  ]
  return parts.filter((part) => part !== undefined).join('; ')
}

/** Field by field what the changes would do. */
export function providerDifferences(found: ProviderState, changes: ProviderChanges): Difference[] {
  return [
    ...differencesByKey(changes.tags ?? {}, found.tags, 'tags.'),
    ...(changes.thumbprints ? [differenceIn('thumbprints', changes.thumbprints, found.thumbprints)] : []),
    ...(changes.clientId ? [differenceIn('clientIds', changes.clientId, undefined)] : []),
  ]
}

/**
 * What others have added: audiences whose tokens would be taken, too. Thumbprints are none of them: those that nobody
 * presents now may be of a certificate before or after.
 */
export function providerAdditions({ clientIds }: ProviderState): Difference[] {
  return clientIds.filter((id) => id !== stsAudience).map((id) => differenceIn('clientIds', undefined, id))
}

/**
 * https host and port of every server whose certificate IAM looks at: the one of the signing keys and, when it is another
 * one, the issuer's.
 */
export function thumbprintServers(issuerUrl: string, jwksUri: string): { host: string; port: number }[] {
  const keys = new URL(jwksUri)
  const issuer = new URL(issuerUrl)
  return [keys, ...(issuer.host === keys.host ? [] : [issuer])].map((url) => ({
    host: url.hostname,
    port: url.port === '' ? 443 : Number(url.port),
  }))
}

/**
 * Throws Unsupported for an issuer that IAM cannot hold; a request's issuer is judged before, a cluster's own only here.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export function requireRegistrable(issuerUrl: string): void {
  const objection = registrationObjection(issuerUrl)
  if (objection === undefined) return
  throw new Unsupported({
    object: issuerUrl,
    reason: `the cluster's issuer ${objection.found}, and an OIDC provider of IAM holds ${objection.allowed}`,
    action: objection.action,
  })
}

function registrationObjection(issuerUrl: string): { found: string; allowed: string; action: string } | undefined {
  if (issuerUrl.length > 255) {
    const found = `has ${issuerUrl.length} characters`
    return { found, allowed: '255 at most', action: 'Give the cluster a shorter issuer URL' }
  }
  if (/^https:\/\/[^/?#]*[:@]/.test(issuerUrl)) {
    return {
      found: 'has a port or a user',
      allowed: 'neither',
      action: 'Give the cluster an issuer URL on port 443, without the port in it',
    }
  }
  if (/[?#]/.test(issuerUrl)) {
    return { found: 'has a query or a fragment', allowed: 'neither', action: 'Give the cluster an issuer URL without' }
  }
  return undefined
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((element) => other.includes(element))
}

/** What must hold before the public may read a bucket that somebody else has made, and may keep other things in. */

import type { BucketPolicy, BucketState } from '../clouds/google/bucket-client.ts'
import { bucketUrl } from '../clouds/google/bucket-url.ts'
import { NotOurs } from '../errors/step-errors.ts'
import { everybodyReads, missingGrants } from './bucket-policy.ts'
import { bucketStanding } from './bucket-removal.ts'

/** Names of objects that one look at a bucket tells at most. */
export const mostObjects = 10

/** Whether it is our grants that would make somebody else's bucket public. */
export function wouldExpose(found: Pick<BucketState, 'labels'>, policy: BucketPolicy): boolean {
  return bucketStanding(found) !== 'ours' && missingGrants(policy, [everybodyReads]).length > 0
}

/**
 * Throws NotOurs when there is anything but discovery documents in the bucket.
 *
 * @param objects of one look; as many as it tells may hide others, and count as if they did
 */
export function requireDocumentsOnly(bucket: string, objects: readonly string[]): void {
  const others = objects.filter((name) => !isDiscoveryDocument(name))
  if (others.length > 0)
    throw holdsMore(bucket, `there is more in it than discovery documents: ${others.slice(0, 5).join(', ')}`)
  if (objects.length >= mostObjects) throw holdsMore(bucket, 'there is more in it than could be looked through')
}

/** Where an issuer has its documents: https://openid.net/specs/openid-connect-discovery-1_0.html, and Kubernetes for the keys. */
function isDiscoveryDocument(name: string): boolean {
  return /(^|\/)(\.well-known\/openid-configuration|openid\/v1\/jwks)$/.test(name)
}

function holdsMore(bucket: string, what: string): NotOurs {
  return new NotOurs({
    object: bucketUrl(bucket),
    reason: `somebody else made it, it would become public, and ${what}`,
    action:
      'Choose another bucket; or empty this one, noncurrent versions too; or, if everybody may read all of it, grant roles/storage.objectViewer to allUsers yourself',
  })
}

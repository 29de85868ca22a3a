/** Protects a bucket of another owner, which may contain private objects, from becoming public by our grants. */

import type { BucketPolicy, BucketState } from '../clouds/google/bucket-client.ts'
import { bucketUrl } from '../clouds/google/bucket-url.ts'
import { OwnershipConflict } from '../errors/step-errors.ts'
import { everybodyReads, missingGrants } from './bucket-policy.ts'
import { bucketOwnership } from './bucket-removal.ts'

/** The maximum number of object names that one observation of a bucket returns. */
export const maxObjects = 10

/** Whether our grants would make a bucket of another owner public. */
export function wouldExpose(observed: Pick<BucketState, 'labels'>, policy: BucketPolicy): boolean {
  return bucketOwnership(observed) !== 'ours' && missingGrants(policy, [everybodyReads]).length > 0
}

/**
 * Requires that the bucket contains only discovery documents.
 *
 * @param objects the names of one observation. A list of the maximum length may be incomplete
 * @throws {OwnershipConflict} when the bucket contains other objects, or when the list is incomplete
 */
export function requireDocumentsOnly(bucket: string, objects: readonly string[]): void {
  const others = objects.filter((name) => !isDiscoveryDocument(name))
  if (others.length > 0)
    throw holdsMore(bucket, `it contains other objects than discovery documents: ${others.slice(0, 5).join(', ')}`)
  if (objects.length >= maxObjects)
    throw holdsMore(bucket, `it contains at least ${maxObjects} objects, too many for this check`)
}

/**
 * Whether an issuer may have a document with this name. The path of the discovery document is from
 * https://openid.net/specs/openid-connect-discovery-1_0.html, and the path of the keys is from Kubernetes.
 */
function isDiscoveryDocument(name: string): boolean {
  return /(^|\/)(\.well-known\/openid-configuration|openid\/v1\/jwks)$/.test(name)
}

function holdsMore(bucket: string, what: string): OwnershipConflict {
  return new OwnershipConflict({
    object: bucketUrl(bucket),
    reason: `others created it, the setup would make it public, and ${what}`,
    action:
      'Choose another bucket; or empty this one, noncurrent versions too; or, if everybody may read all of it, grant roles/storage.objectViewer to allUsers yourself',
  })
}

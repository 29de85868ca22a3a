import type { BucketState } from '../clouds/google/bucket-client.ts'
import { bucketUrl } from '../clouds/google/bucket-url.ts'
import { documentsOf } from '../cluster/aws-cluster.ts'
import { bucketLabels, manager } from '../ownership/labels.ts'

/** A teardown deletes an empty bucket that is `ours`, and removes our labels from an `adopted` bucket. */
export type BucketOwnership = 'ours' | 'adopted' | 'theirs'

export function bucketOwnership({ labels }: Pick<BucketState, 'labels'>): BucketOwnership {
  if (labels[bucketLabels.adopted] === 'true') return 'adopted'
  return labels[bucketLabels.managedBy] === manager ? 'ours' : 'theirs'
}

/** Names of our labels on an adopted bucket. They do not include a managed-by label of another owner. */
export function ownLabels({ labels }: Pick<BucketState, 'labels'>): readonly string[] {
  const { managedBy, ...others } = bucketLabels
  const own = labels[managedBy] === manager ? [managedBy] : []
  return [...own, ...Object.values(others)].filter((name) => labels[name] !== undefined)
}

/**
 * Returns the object names of the two documents that the management service writes for the issuer. The `jwks_uri` of
 * the discovery document is not used, because it may name an object of another cluster.
 */
export function discoveryObjects(bucket: string, issuerUrl: string): readonly string[] {
  const root = `https://storage.googleapis.com/${bucket}/`
  return [`${issuerUrl}/.well-known/openid-configuration`, documentsOf(issuerUrl).jwksUri]
    .filter((url) => url.startsWith(root))
    .map((url) => url.slice(root.length))
}

export function objectUrl(bucket: string, object: string): string {
  return `${bucketUrl(bucket)}/${object}`
}

/**
 * The cluster that owns an external resource. Others can change tags and labels, and clusters' records contain only
 * requests. A claim is one item for each resource, so that no two clusters can own it.
 */
import { createHash, X509Certificate } from 'node:crypto'
import * as z from 'zod/mini'
import { bucketUrl } from '../clouds/google/bucket-url.ts'
import { keys, lists } from '../operations/record/table.ts'
import type { ClaimKind } from './kinds.ts'

/** An external resource that one cluster may own. */
export interface Resource {
  readonly kind: ClaimKind
  /** Unique among the resources of the kind. Errors show it. */
  readonly name: string
}

/** The claim of any resource except a bucket. A cluster holds it from the proof or the creation of the resource. */
export const claimItem = z.object({ owner: z.string() })

/** A discovery bucket, whose claim has several users: bucket-claim.ts. */
export function bucketResource(bucket: string): Resource {
  return { kind: 'bucket', name: bucketUrl(bucket) }
}

/** A token issuer, including the path of its documents in a bucket or at the deployment's host. */
export function issuerResource(issuerUrl: string): Resource {
  return { kind: 'issuer', name: issuerUrl }
}

/**
 * A key that signs the tokens of an API server. It also identifies the API server.
 *
 * @param thumbprint RFC 7638, SHA-256, base64url
 */
export function signingKeyResource(thumbprint: string): Resource {
  return { kind: 'signing-key', name: thumbprint }
}

export function providerResource(arn: string): Resource {
  return { kind: 'provider', name: arn }
}

/**
 * An IAM role. Role names are unique in an account, regardless of path and case:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
 */
export function roleResource(arn: string): Resource {
  const [account = ''] = arn.split(':role/')
  return { kind: 'role', name: `${account}:role/${arn.slice(arn.lastIndexOf('/') + 1).toLowerCase()}` }
}

/**
 * An AWSCluster or an AWSNodePool. Its certificate authority identifies the management cluster. An address cannot,
 * because credentials contain the address, and their proxy determines its target.
 *
 * @param server with `authorities`: the PEM that its certificate was verified with
 * @param object `Kind namespace/name`
 */
export function managementResource({ authorities }: { readonly authorities: string }, object: string): Resource {
  const { fingerprint256 } = new X509Certificate(authorities)
  const fingerprint = fingerprint256.replaceAll(':', '').toLowerCase()
  return { kind: 'management-object', name: `${object} on the management cluster with the authority ${fingerprint}` }
}

export function claimKey({ kind, name }: Resource) {
  return keys.claim(kind, name)
}

/** The attributes of a claim in the list of claims, which is in the order of the owning clusters. */
export function listedClaim(owner: string, { kind, name }: Resource) {
  const hash = createHash('sha256').update(`${kind}#${name}`).digest('hex')
  return { listed: lists.claims, listedKey: `${owner}#${hash}` }
}

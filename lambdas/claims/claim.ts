/**
 * Which cluster owns an external resource. The tags and labels of a resource can be written by others, and the records of
 * clusters say only what was requested. A claim is one item for each resource, so that two clusters cannot both have it.
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

/** The claim of any kind of resource but a bucket. It is held from the proof or the creation of the resource on. */
export const claimItem = z.object({ owner: z.string() })

/** A discovery bucket, whose claim has several users: bucket-claim.ts. */
export function bucketResource(bucket: string): Resource {
  return { kind: 'bucket', name: bucketUrl(bucket) }
}

/** An issuer of tokens, and with it the path of its documents in a bucket, or at the host of the deployment. */
export function issuerResource(issuerUrl: string): Resource {
  return { kind: 'issuer', name: issuerUrl }
}

/**
 * A key that signs the tokens of an API server, and with it the API server.
 *
 * @param thumbprint RFC 7638, SHA-256, base64url
 */
export function signingKeyResource(thumbprint: string): Resource {
  return { kind: 'signing-key', name: thumbprint }
}

/** An OIDC provider of IAM. */
export function providerResource(arn: string): Resource {
  return { kind: 'provider', name: arn }
}

/**
 * An IAM role. Names of roles are unique in an account, whatever their path and their case:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
 */
export function roleResource(arn: string): Resource {
  const [account = ''] = arn.split(':role/')
  return { kind: 'role', name: `${account}:role/${arn.slice(arn.lastIndexOf('/') + 1).toLowerCase()}` }
}

/**
 * An AWSCluster or an AWSNodePool. The management cluster is known by its authority: its address is what the credentials say,
 * and a proxy of theirs decides where that leads.
 *
 * @param server whose `authorities` are the PEM by which its certificate was verified
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

/** The attributes by which the list of claims has a claim: in the order of the clusters that own them. */
export function listedClaim(owner: string, { kind, name }: Resource) {
  const hash = createHash('sha256').update(`${kind}#${name}`).digest('hex')
  return { listed: lists.claims, listedKey: `${owner}#${hash}` }
}

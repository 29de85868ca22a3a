/**
 * The claim of a discovery bucket. Several clusters may publish in one bucket, each below the path of its issuer. Any
 * writer of the bucket can replace the keys of all clusters, so the claim contains the terms of each user.
 */
import * as z from 'zod/mini'

/** The Google project of the bucket, and a management service's Google account with its role in the bucket. */
const bucketTerms = z.object({ project: z.string(), account: z.string(), role: z.string() })

const bucketUser = z.object({
  /** The terms on which the cluster uses the bucket. A failed change of terms does not change them. */
  held: z.exactOptional(bucketTerms),
  /** The terms that its newest operation requests. They lapse when the operation ends, unless they are held. */
  requested: z.exactOptional(z.extend(bucketTerms, { operationId: z.string() })),
})

const bucketGrant = z.pick(bucketTerms, { account: true, role: true })

export const bucketClaim = z.object({
  /** Changes with each write. */
  revision: z.string(),
  /** The terms of all users: {@link termsOf}. */
  terms: z.string(),
  /** True once the product has created or labelled the bucket. */
  held: z.exactOptional(z.literal(true)),
  users: z.record(z.string(), bucketUser),
  /** The accounts and roles that the product has added to the bucket's policy. */
  grants: z._default(z.array(bucketGrant), []),
})

export type BucketClaim = z.output<typeof bucketClaim>
export type BucketUser = z.output<typeof bucketUser>
export type BucketTerms = z.output<typeof bucketTerms>
export type BucketGrant = z.output<typeof bucketGrant>

interface RequestedDiscovery {
  readonly bucket?: string | undefined
  readonly projectId?: string | undefined
  readonly managementServiceAccount?: string | undefined
  readonly managementRole?: string | undefined
}

/** The bucket and terms of a request; undefined when it names no bucket. */
export function requestedBucket({
  bucket,
  projectId: project,
  managementServiceAccount: account,
  managementRole: role,
}: RequestedDiscovery = {}): { readonly bucket: string; readonly terms: BucketTerms } | undefined {
  return bucket === undefined || project === undefined || account === undefined || role === undefined
    ? undefined
    : { bucket, terms: { project, account, role } }
}

export const noClaim: BucketClaim = { revision: '', terms: '', users: {}, grants: [] }

export function otherUsers({ users }: BucketClaim, cluster: string): string[] {
  return Object.keys(users).filter((user) => user !== cluster)
}

/** The other clusters that use the bucket, or request it, on other terms. Each could overwrite this cluster's keys. */
export function usersOnOtherTerms(claim: BucketClaim, cluster: string, terms: BucketTerms): string[] {
  return otherUsers(claim, cluster).filter((user) => allTerms(claim.users[user]).some((one) => !isSame(one, terms)))
}

/** Whether the cluster holds the bucket on exactly these terms, or requests them. */
export function isUserOn({ users }: BucketClaim, cluster: string, terms: BucketTerms): boolean {
  return allTerms(users[cluster]).some((one) => isSame(one, terms))
}

/** Whether the cluster holds the bucket on exactly these terms. */
export function holdsOn({ users }: BucketClaim, cluster: string, terms: BucketTerms): boolean {
  const held = users[cluster]?.held
  return held !== undefined && isSame(held, terms)
}

/** Whether another cluster holds the bucket in another project. A bucket belongs to one project. */
export function isElsewhere(claim: BucketClaim, cluster: string, { project }: BucketTerms): boolean {
  return otherUsers(claim, cluster).some((user) => (claim.users[user]?.held?.project ?? project) !== project)
}

/** Whether the product has added the grant of these terms to the bucket's policy. */
export function hasGranted({ grants }: BucketClaim, terms: BucketTerms): boolean {
  return grants.some((grant) => isSameGrant(grant, terms))
}

/** The entry of a user whose operation requests these terms. Until the terms apply, the user holds its former terms. */
export function userFor(
  claim: BucketClaim,
  cluster: string,
  { operationId, ...terms }: BucketTerms & { readonly operationId: string },
): BucketUser {
  const held = claim.users[cluster]?.held
  if (held && isSame(held, terms)) return { held }
  return { ...(held && { held }), requested: { ...terms, operationId } }
}

/** The terms of all users, as a text: equal texts mean equal terms. */
export function termsOf(users: BucketClaim['users']): string {
  const texts = Object.values(users).flatMap(allTerms).map(textOf)
  return [...new Set(texts)].sort().join(', ')
}

/** Whether all users have these terms. More users on the same terms then do not affect a cluster on these terms. */
export function isOnlyOn({ terms }: BucketClaim, own: BucketTerms): boolean {
  return terms === textOf(own)
}

/** The claim and the grant after a user has left a bucket. */
export interface Departure {
  readonly claim: BucketClaim
  /** The grant that the product added and that no other user needs; undefined when none exists. */
  readonly grant: BucketGrant | undefined
}

export function withoutUser(claim: BucketClaim, cluster: string): Departure {
  const { [cluster]: leaving, ...users } = claim.users
  const needed = Object.values(users).flatMap(allTerms)
  const isUnneeded = (one: BucketGrant) =>
    leaving?.held !== undefined && isSameGrant(one, leaving.held) && !needed.some((other) => isSameGrant(one, other))
  const grant = claim.grants.find(isUnneeded)
  return { claim: { ...claim, users, grants: claim.grants.filter((one) => !isUnneeded(one)) }, grant }
}

/** The claim after a user has left a non-empty bucket. It keeps the user, so that its terms still restrict others. */
export function withUserKept(claim: BucketClaim, cluster: string): BucketClaim {
  return { ...claim, grants: withoutUser(claim, cluster).claim.grants }
}

function allTerms({ held, requested }: BucketUser = {}): BucketTerms[] {
  return [...(held ? [held] : []), ...(requested ? [requested] : [])]
}

function textOf({ project, account, role }: BucketTerms): string {
  return `${role} ${account} ${project}`
}

function isSame(one: BucketTerms, other: BucketTerms): boolean {
  return textOf(one) === textOf(other)
}

function isSameGrant(one: BucketGrant, other: BucketGrant): boolean {
  return one.account === other.account && one.role === other.role
}

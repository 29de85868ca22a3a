/**
 * The claim of a discovery bucket. Several clusters may publish in one bucket, each below the path of its own issuer. Whoever
 * may write in the bucket can replace the keys of all of them, so the claim has the terms of each user.
 */
import * as z from 'zod/mini'

/** The Google project of the bucket, and the Google account of a management service with its role in the bucket. */
const bucketTerms = z.object({ project: z.string(), account: z.string(), role: z.string() })

const bucketUser = z.object({
  /** The terms on which the cluster uses the bucket. A change of terms that fails leaves them as they are. */
  held: z.exactOptional(bucketTerms),
  /** Those that its newest operation asks for. They end with the operation, unless it comes to hold them. */
  requested: z.exactOptional(z.extend(bucketTerms, { operationId: z.string() })),
})

const bucketGrant = z.pick(bucketTerms, { account: true, role: true })

export const bucketClaim = z.object({
  /** Another one after each write. */
  revision: z.string(),
  /** Of all users: {@link termsOf}. */
  terms: z.string(),
  /** True once we have made or labelled the bucket. */
  held: z.exactOptional(z.literal(true)),
  users: z.record(z.string(), bucketUser),
  /** The accounts and roles that we have added to the policy of the bucket. */
  grants: z._default(z.array(bucketGrant), []),
})

export type BucketClaim = z.output<typeof bucketClaim>
export type BucketUser = z.output<typeof bucketUser>
export type BucketTerms = z.output<typeof bucketTerms>
export type BucketGrant = z.output<typeof bucketGrant>

/** The fields of a request that name a bucket and the terms on which its cluster uses it. */
interface RequestedDiscovery {
  readonly bucket?: string | undefined
  readonly projectId?: string | undefined
  readonly managementServiceAccount?: string | undefined
  readonly managementRole?: string | undefined
}

/** The bucket of a request, and on which terms the cluster is to use it; undefined when the request names no bucket. */
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

/** The users of the bucket except this cluster. */
export function otherUsers({ users }: BucketClaim, cluster: string): string[] {
  return Object.keys(users).filter((user) => user !== cluster)
}

/** The other users with another project, account or role: each could write what the other has published. */
export function usersOnOtherTerms(claim: BucketClaim, cluster: string, terms: BucketTerms): string[] {
  return otherUsers(claim, cluster).filter((user) => allTerms(claim.users[user]).some((one) => !isSame(one, terms)))
}

/** Whether the cluster holds the bucket on exactly these terms, or has been allowed to. */
export function isUserOn({ users }: BucketClaim, cluster: string, terms: BucketTerms): boolean {
  return allTerms(users[cluster]).some((one) => isSame(one, terms))
}

/** Whether the cluster holds the bucket on exactly these terms. */
export function holdsOn({ users }: BucketClaim, cluster: string, terms: BucketTerms): boolean {
  const held = users[cluster]?.held
  return held !== undefined && isSame(held, terms)
}

/** Whether another cluster has made the bucket in another project. A bucket is in one project alone. */
export function isElsewhere(claim: BucketClaim, cluster: string, { project }: BucketTerms): boolean {
  return otherUsers(claim, cluster).some((user) => (claim.users[user]?.held?.project ?? project) !== project)
}

/** Whether the policy of the bucket has the grant of these terms from us. */
export function hasGranted({ grants }: BucketClaim, terms: BucketTerms): boolean {
  return grants.some((grant) => isSameGrant(grant, terms))
}

/** The entry of a user whose operation asks for these terms. What it holds, it goes on to hold until then. */
export function userFor(
  claim: BucketClaim,
  cluster: string,
  { operationId, ...terms }: BucketTerms & { readonly operationId: string },
): BucketUser {
  const held = claim.users[cluster]?.held
  if (held && isSame(held, terms)) return { held }
  return { ...(held && { held }), requested: { ...terms, operationId } }
}

/** All terms on which clusters use the bucket, as a text: equal texts are equal terms. */
export function termsOf(users: BucketClaim['users']): string {
  const texts = Object.values(users).flatMap(allTerms).map(textOf)
  return [...new Set(texts)].sort().join(', ')
}

/** Whether all users have these terms. More users on the same terms then change nothing for a cluster on these terms. */
export function isOnlyOn({ terms }: BucketClaim, own: BucketTerms): boolean {
  return terms === textOf(own)
}

/** What is left of a bucket when one of its users leaves it. */
export interface Departure {
  readonly claim: BucketClaim
  /** The grant that was ours and that no other user needs; undefined when there is none. */
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

/** The same when the bucket stays with something in it: on other terms it is given to nobody who may not set up this cluster. */
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

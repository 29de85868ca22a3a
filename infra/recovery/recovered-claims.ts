/**
 * The claims that were lost with the table, according to the records and the tags in IAM. A resource that several
 * clusters would own gets no claim: an administrator decides (assignment.ts).
 */
import { type BucketClaim, type BucketUser, requestedBucket, termsOf } from '../../lambdas/claims/bucket-claim.ts'
import {
  bucketResource,
  claimKey,
  issuerResource,
  listedClaim,
  providerResource,
  type Resource,
  roleResource,
} from '../../lambdas/claims/claim.ts'
import { allIssuers, recordedProviderArns } from '../../lambdas/operations/record/providers.ts'
import type { ClusterItem, ClusterStatus, WorkloadItem } from '../../lambdas/operations/record/record.ts'
import { rolesOf } from '../../lambdas/role/role.ts'
import type { Item, Marked } from './recovered.ts'

/** A cluster as the table has it after its copy is written. */
export interface RecordedCluster {
  readonly cluster: ClusterItem
  readonly workloads: readonly WorkloadItem[]
}

/** The evidence of who owns a resource. */
export interface Sources {
  readonly clusters: readonly RecordedCluster[]
  /** The tagged roles and providers, by the cluster name in their tags. */
  readonly marks: ReadonlyMap<string, Marked>
  /** The claims in the table by `pk`. */
  readonly claims: ReadonlyMap<string, Item>
}

/** A resource that only one of these clusters may own, or a bucket that they use with different accounts or roles. */
export interface Contested {
  readonly resource: Resource
  readonly clusters: readonly string[]
}

export interface LostClaims {
  readonly items: readonly Item[]
  readonly contested: readonly Contested[]
}

/** The items of the claims that the table lacks. An existing claim stays unchanged. */
export function lostClaims(sources: Sources, at: Date): LostClaims {
  const isLost = ({ resource }: { readonly resource: Resource }) => !sources.claims.has(claimKey(resource).pk)
  const owned = ownersOf(sources).filter(isLost)
  const buckets = bucketsOf(sources.clusters).filter(isLost)
  const items = [
    ...owned.flatMap(({ resource, clusters: [owner, ...others] }) =>
      owner !== undefined && others.length === 0 ? [ownedItem(resource, owner, at)] : [],
    ),
    ...buckets.filter(isOnOneTerms).map(({ resource, users }) => bucketItem(resource, { users, grants: [] }, at)),
  ]
  const contested = [
    ...owned.filter(({ clusters }) => clusters.length > 1),
    ...buckets
      .filter((bucket) => !isOnOneTerms(bucket))
      .map(({ resource, users }) => ({ resource, clusters: Object.keys(users) })),
  ]
  return { items, contested }
}

/** The claim of a resource that one cluster owns, as the steps write it. */
export function ownedItem(resource: Resource, owner: string, at: Date): Item {
  return { ...claimKey(resource), ...resource, owner, ...listedClaim(owner, resource), heldAt: at.toISOString() }
}

/**
 * The claim of a bucket that was created or labelled.
 *
 * @param grants what this product is known to have added to the bucket policy
 */
export function bucketItem(
  resource: Resource,
  { users, grants }: Pick<BucketClaim, 'users' | 'grants'>,
  at: Date,
): Item {
  const claim: BucketClaim = { revision: at.toISOString(), terms: termsOf(users), held: true, users, grants }
  return { ...claimKey(resource), ...resource, ...claim }
}

/** The bucket in a cluster's newest request, with the cluster's terms. Undefined when the request names no bucket. */
export function bucketUseOf({ spec, status }: ClusterItem) {
  const requested = requestedBucket(spec.discovery)
  return requested && { resource: bucketResource(requested.bucket), terms: requested.terms, isHeld: hasBucket(status) }
}

/** Whether the cluster has data in its bucket. If its status has `cluster`, its documents were published there. */
function hasBucket({ conditions, cluster }: ClusterStatus): boolean {
  return conditions.BucketReady?.status === 'True' || cluster !== undefined
}

/** A bucket with the clusters that have data in it. A cluster without data becomes a user with its next setup. */
interface HeldBucket {
  readonly resource: Resource
  readonly users: Readonly<Record<string, BucketUser>>
}

export function bucketsOf(clusters: readonly RecordedCluster[]): HeldBucket[] {
  const buckets = new Map<string, HeldBucket>()
  for (const { cluster } of clusters) {
    const { resource, terms, isHeld } = bucketUseOf(cluster) ?? {}
    if (!resource || !terms || !isHeld) continue
    const users = { ...buckets.get(resource.name)?.users, [cluster.cluster]: { held: terms } }
    buckets.set(resource.name, { resource, users })
  }
  return [...buckets.values()]
}

function isOnOneTerms({ users }: HeldBucket): boolean {
  return Object.values(users).every((user) => termsOf({ user }) === termsOf(users))
}

/** The resources, each with all clusters that a record or a tag names as its owner. */
function ownersOf({ clusters, marks }: Sources): Contested[] {
  const owners = new Map<string, Contested>()
  const add = (cluster: string, resources: readonly Resource[]) => {
    for (const resource of resources) {
      const { pk } = claimKey(resource)
      owners.set(pk, { resource, clusters: [...new Set([...(owners.get(pk)?.clusters ?? []), cluster])] })
    }
  }
  for (const recorded of clusters) add(recorded.cluster.cluster, recordedResources(recorded))
  for (const [cluster, marked] of marks) add(cluster, markedResources(marked))
  return [...owners.values()]
}

/**
 * The resources in a cluster's record, without signing keys. A recorded key does not prove its owner, because the
 * operator of an API server can publish the keys of other clusters.
 */
function recordedResources({ cluster, workloads }: RecordedCluster): Resource[] {
  const roles = workloads.flatMap(({ status: { role } }) => (role ? rolesOf(role) : []))
  return [
    ...provedIssuers(cluster).map(issuerResource),
    ...recordedProviderArns(cluster.status).map(providerResource),
    ...roles.map(({ roleArn }) => roleResource(roleArn)),
  ]
}

function markedResources({ providerArns, roles }: Marked): Resource[] {
  return [...providerArns.map(providerResource), ...roles.map(({ recorded }) => roleResource(recorded.roleArn))]
}

/** The path of a hosted issuer is the name of its cluster, so it needs no other proof. */
function provedIssuers({ spec, status }: ClusterItem): string[] {
  const { issuerUrl } = spec.cluster
  const isHosted = spec.discovery?.hosting !== undefined && status.publishedKeys !== undefined
  return [...foundIssuers(status), ...(isHosted && issuerUrl !== undefined ? [issuerUrl] : [])]
}

/**
 * The issuers that steps found. A request alone does not prove an issuer. The issuer of a status without a cluster ID
 * is not proved either, because a teardown read it from the AWSCluster.
 */
function foundIssuers({ cluster, ...status }: ClusterStatus): string[] {
  if (!cluster) return []
  return allIssuers(cluster.clusterId === undefined ? status : { ...status, cluster })
}

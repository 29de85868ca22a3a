/** The option --assign, with which an administrator decides which cluster owns a resource. */
import { type BucketClaim, bucketClaim, isUserOn, noClaim } from '../../lambdas/claims/bucket-claim.ts'
import { claimItem, claimKey, type Resource, roleResource } from '../../lambdas/claims/claim.ts'
import { claimKinds } from '../../lambdas/claims/kinds.ts'
import { WrongUse } from '../command.ts'
import type { Item } from './recovered.ts'
import { bucketItem, bucketsOf, bucketUseOf, type Contested, ownedItem, type Sources } from './recovered-claims.ts'

export interface Assignment {
  readonly resource: Resource
  readonly cluster: string
}

/**
 * Reads `KIND:NAME=CLUSTER`.
 *
 * @throws {WrongUse} when the text has another form
 */
export function assignmentIn(text: string): Assignment {
  const [, kind, name = '', cluster = ''] = /^([a-z-]+):(.+)=([^=]+)$/.exec(text) ?? []
  const known = claimKinds.find((one) => one === kind)
  if (!known) throw new WrongUse(`--assign ${text}: give KIND:NAME=CLUSTER. KIND is one of ${claimKinds.join(', ')}`)
  // IAM ignores path and case when it compares role names.
  return { resource: known === 'role' ? roleResource(name) : { kind: known, name }, cluster }
}

/** A claim to write, and the existing claim that it replaces, if any. */
export interface Assigned {
  readonly item: Item
  readonly before: Item | undefined
  /** The change, as the command prints it. */
  readonly report: string
}

/**
 * The claim that an assignment writes. The claim of a bucket also keeps the clusters that use the bucket with the same
 * project, account and role.
 *
 * @throws {Error} when no record or tag names the cluster, or its newest request does not name the bucket
 */
export function assigned(sources: Sources, { resource, cluster }: Assignment, at: Date): Assigned {
  requireKnown(sources, cluster)
  const before = sources.claims.get(claimKey(resource).pk)
  if (resource.kind !== 'bucket') {
    const owner = before && claimItem.parse(before).owner
    return { item: ownedItem(resource, cluster, at), before, report: moved(resource, cluster, owner) }
  }
  const claim = before ? bucketClaim.parse(before) : noClaim
  const users = usersWith(sources, { resource, cluster }, claim)
  const item = bucketItem(resource, { users, grants: claim.grants }, at)
  return { item, before, report: moved(resource, namesIn(users), namesIn(claim.users)) }
}

function requireKnown({ clusters, marks }: Sources, name: string): void {
  if (marks.has(name) || clusters.some(({ cluster }) => cluster.cluster === name)) return
  throw new Error(
    `No record and no tag names a cluster ${name}. Correct --assign, or send the setup of the cluster first`,
  )
}

function usersWith({ clusters }: Sources, { resource, cluster }: Assignment, claim: BucketClaim): BucketClaim['users'] {
  const recorded = clusters.find((one) => one.cluster.cluster === cluster)
  const use = recorded && bucketUseOf(recorded.cluster)
  if (use?.resource.name !== resource.name) {
    throw new Error(
      `The record of cluster ${cluster} does not name the bucket ${resource.name}. Send the setup of the cluster first`,
    )
  }
  const holders = bucketsOf(clusters).find((bucket) => bucket.resource.name === resource.name)?.users
  const users = { ...claim.users, ...holders }
  const onSameTerms = Object.entries(users).filter(([user]) => isUserOn({ ...claim, users }, user, use.terms))
  return { ...Object.fromEntries(onSameTerms), [cluster]: { held: use.terms } }
}

function namesIn(users: BucketClaim['users']): string | undefined {
  const names = Object.keys(users)
  return names.length === 0 ? undefined : names.join(', ')
}

function moved(resource: Resource, owner: string | undefined, before: string | undefined): string {
  return `${shown(resource)}: assigned to ${owner}; before, ${before === undefined ? 'no cluster' : before} had its claim`
}

/** The line that requests an administrator's decision. */
export function undecided({ resource, clusters }: Contested): string {
  const names = clusters.join(', ')
  const reason =
    resource.kind === 'bucket' ? `${names} use it with different accounts or roles` : `${names} would own it`
  return `${shown(resource)}: no claim is written: ${reason}. Decide with --assign '${shown(resource)}=CLUSTER'`
}

function shown({ kind, name }: Resource): string {
  return `${kind}:${name}`
}

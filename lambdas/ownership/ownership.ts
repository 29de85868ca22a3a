/**
 * Ownership tags and their rule. An object without the product's tags is never changed or deleted, unless the request
 * says `adopt: true`. An adopted object has a tag for that, and is never deleted.
 */

import type { Tags } from '../clouds/aws/tags.ts'
import { type RecordedError, recorded } from '../errors/recorded.ts'
import { OwnershipConflict } from '../errors/step-errors.ts'
import { tagKeys } from './labels.ts'

export interface WorkloadRef {
  readonly namespace: string
  readonly serviceAccount: string
}

/** The owner of an object: a cluster of one deployment, or one workload of such a cluster. */
export interface Owner {
  readonly deployment: string
  readonly cluster: string
  readonly workload?: { readonly namespace: string; readonly serviceAccount: string }
}

/**
 * The ownership of an existing object, by its tags, for an owner that wants to use it.
 * - `ours`: the owner uses it as it is.
 * - `unowned`: another party made it, or it lacks some of this owner's tags. It may be adopted.
 * - `others`: its tags name another cluster or workload.
 */
export type Ownership = 'ours' | 'unowned' | 'others'

export function tagsFor(owner: Owner, adopted: boolean): Tags {
  return {
    [tagKeys.deployment]: owner.deployment,
    [tagKeys.cluster]: owner.cluster,
    ...(owner.workload && {
      [tagKeys.namespace]: owner.workload.namespace,
      [tagKeys.serviceAccount]: owner.workload.serviceAccount,
    }),
    ...(adopted && { [tagKeys.adopted]: 'true' }),
  }
}

/** The owner in the tags; undefined when the object has no ownership tags. */
export function ownerOf(tags: Tags): Owner | undefined {
  const deployment = tags[tagKeys.deployment]
  const cluster = tags[tagKeys.cluster]
  if (deployment === undefined || cluster === undefined) return undefined
  const namespace = tags[tagKeys.namespace]
  const serviceAccount = tags[tagKeys.serviceAccount]
  if (namespace === undefined || serviceAccount === undefined) return { deployment, cluster }
  return { deployment, cluster, workload: { namespace, serviceAccount } }
}

export function isAdopted(tags: Tags): boolean {
  return tags[tagKeys.adopted] === 'true'
}

/** True when the observed tags include all desired tags. Other tags do not matter. */
export function carries(observed: Tags, desired: Tags): boolean {
  return Object.entries(desired).every(([key, value]) => observed[key] === value)
}

export function ownershipOf(tags: Tags, desired: Owner): Ownership {
  const observed = ownerOf(tags)
  if (observed === undefined || hasLostTags(tags, desired)) return 'unowned'
  return isSame(observed, desired) ? 'ours' : 'others'
}

/** True when some ownership tags are missing and all others name this owner. */
function hasLostTags(tags: Tags, desired: Owner): boolean {
  const marks = Object.entries(tagsFor(desired, false))
  return marks.some(([key]) => tags[key] === undefined) && marks.every(([key, value]) => (tags[key] ?? value) === value)
}

function isSame(one: Owner, other: Owner): boolean {
  return one.deployment === other.deployment && ownerName(one) === ownerName(other)
}

/** "cluster prod-eu", or "workload default/s3-reader of cluster prod-eu". */
export function ownerName(owner: Owner): string {
  if (!owner.workload) return `cluster ${owner.cluster}`
  return `workload ${owner.workload.namespace}/${owner.workload.serviceAccount} of cluster ${owner.cluster}`
}

/** The error for an object without ownership tags or label, when the request does not say `adopt: true`. */
export function ownershipConflict(object: string): OwnershipConflict {
  return new OwnershipConflict({
    object,
    reason: 'it exists and was not made by workload-identity',
    action: 'Set adopt: true in the request to use it, or choose another name, or remove it',
  })
}

/** The error for an object with another owner. It names no other cluster, because the reader may not see it. */
function ownedBy(object: string, observed: Owner, desired: Owner): OwnershipConflict {
  return new OwnershipConflict({
    object,
    reason: `it belongs to ${ownerWithoutOtherClusters(observed, desired)}`,
    action: 'Choose another name, or remove it there first',
  })
}

function ownerWithoutOtherClusters(observed: Owner, { deployment, cluster }: Owner): string {
  if (observed.deployment !== deployment) return `the deployment ${observed.deployment}`
  return observed.cluster === cluster ? ownerName(observed) : 'another cluster of this deployment'
}

/**
 * Whether an existing object may be used: `ours`, or `adopting` when it is `unowned` and the request adopts.
 *
 * @throws {OwnershipConflict} when the object may not be used
 */
export function requireOurs(
  existing: { readonly object: string; readonly tags: Tags },
  desired: Owner,
  adopt: boolean,
): 'ours' | 'adopting' {
  const ownership = ownershipOf(existing.tags, desired)
  const observed = ownerOf(existing.tags)
  if (ownership === 'others' && observed) throw ownedBy(existing.object, observed, desired)
  if (ownership === 'ours') return 'ours'
  if (adopt) return 'adopting'
  throw ownershipConflict(existing.object)
}

/**
 * The error in a dry run's change for an existing object without ownership tags, when the request does not adopt it.
 * The change still shows the differences.
 */
export function adoptionRefused(object: string, adopt: boolean): { readonly refused?: RecordedError } {
  return adopt ? {} : { refused: recorded(ownershipConflict(object)) }
}

/** `namespace/account`, the name of a workload in the state machine. */
export function itemOf({ namespace, serviceAccount }: { namespace: string; serviceAccount: string }): string {
  return `${namespace}/${serviceAccount}`
}

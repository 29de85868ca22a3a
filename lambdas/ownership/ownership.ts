/**
 * The marks on everything that this project makes, and the rule that they decide: what does not carry them is never
 * changed or deleted, unless the request says `adopt: true`; what was adopted is marked so and never deleted.
 */

import type { Tags } from '../clouds/aws/tags.ts'
import { NotOurs } from '../errors/step-errors.ts'
import { tagKeys } from './labels.ts'

export interface WorkloadRef {
  readonly namespace: string
  readonly serviceAccount: string
}

/** Whom an object is for: a cluster, or one workload on it. */
export interface Owner {
  readonly cluster: string
  readonly workload?: { readonly namespace: string; readonly serviceAccount: string }
}

/**
 * How an existing object stands to the owner that wants to use it. `ours` is used as it is; `unmarked` was made by
 * somebody else, or has lost part of this owner's marks, and may be adopted; `others` is marked for another cluster or
 * workload.
 */
export type Claim = 'ours' | 'unmarked' | 'others'

/** The tags that an object of this owner carries. */
export function tagsFor(owner: Owner, adopted: boolean): Tags {
  return {
    [tagKeys.managed]: 'true',
    [tagKeys.cluster]: owner.cluster,
    ...(owner.workload && {
      [tagKeys.namespace]: owner.workload.namespace,
      [tagKeys.serviceAccount]: owner.workload.serviceAccount,
    }),
    ...(adopted && { [tagKeys.adopted]: 'true' }),
  }
}

/** Whom the tags name, or undefined when they are not ours. */
export function ownerOf(tags: Tags): Owner | undefined {
  const cluster = tags[tagKeys.cluster]
  if (tags[tagKeys.managed] !== 'true' || cluster === undefined) return undefined
  const namespace = tags[tagKeys.namespace]
  const serviceAccount = tags[tagKeys.serviceAccount]
  if (namespace === undefined || serviceAccount === undefined) return { cluster }
  return { cluster, workload: { namespace, serviceAccount } }
}

export function isAdopted(tags: Tags): boolean {
  return tags[tagKeys.adopted] === 'true'
}

/** Whether all of the wanted tags are among those found; others' tags do not matter. */
export function carries(found: Tags, wanted: Tags): boolean {
  return Object.entries(wanted).every(([key, value]) => found[key] === value)
}

export function claimOf(tags: Tags, wanted: Owner): Claim {
  const found = ownerOf(tags)
  if (found === undefined || hasLostMarks(tags, wanted)) return 'unmarked'
  return ownerName(found) === ownerName(wanted) ? 'ours' : 'others'
}

/** Whether tags are missing of which all that are left name this owner. */
function hasLostMarks(tags: Tags, wanted: Owner): boolean {
  const marks = Object.entries(tagsFor(wanted, false))
  return marks.some(([key]) => tags[key] === undefined) && marks.every(([key, value]) => (tags[key] ?? value) === value)
}

/** "cluster prod-eu", or "workload default/s3-reader of cluster prod-eu". */
export function ownerName(owner: Owner): string {
  if (!owner.workload) return `cluster ${owner.cluster}`
  return `workload ${owner.workload.namespace}/${owner.workload.serviceAccount} of cluster ${owner.cluster}`
}

/** The error for an object that lacks our marks in a request without `adopt: true`. */
export function notMarked(object: string): NotOurs {
  return new NotOurs({
    object,
    reason: 'it exists and was not made by workload-identity',
    action: 'Set adopt: true in the request to use it, or choose another name, or remove it',
  })
}

/** The error for an object that is marked for somebody else. */
function ownedBy(object: string, owner: Owner): NotOurs {
  return new NotOurs({
    object,
    reason: `it belongs to ${ownerName(owner)}`,
    action: 'Choose another name, or remove it there first',
  })
}

/**
 * Whether an existing object with these tags may be used: `ours`, or `adopting` when it is unmarked and the request
 * adopts. Throws NotOurs otherwise, naming the owner if there is one.
 */
export function requireOurs(
  existing: { readonly object: string; readonly tags: Tags },
  wanted: Owner,
  adopt: boolean,
): 'ours' | 'adopting' {
  const claim = claimOf(existing.tags, wanted)
  const found = ownerOf(existing.tags)
  if (claim === 'others' && found) throw ownedBy(existing.object, found)
  if (claim === 'ours') return 'ours'
  if (adopt) return 'adopting'
  throw notMarked(existing.object)
}

/** `namespace/account`, as the state machine calls a workload. */
export function itemOf({ namespace, serviceAccount }: { namespace: string; serviceAccount: string }): string {
  return `${namespace}/${serviceAccount}`
}

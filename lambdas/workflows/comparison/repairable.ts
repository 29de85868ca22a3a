import { hashOf } from '../../operations/start/request-hash.ts'
import type { DriftResult } from './drift.ts'

/** How many differences are repaired by one setup at most. More of them at once are something else than a change of an object. */
const mostAtOnce = 500

/** 64 bits tell the differences of one cluster apart. */
const hashDigits = 16

/**
 * The differences that a setup of the recorded spec would bring back, each by a hash of its object and field: what is missing or changed, and
 * nothing that others have added. Empty where a person is to decide first:
 *
 * - a setup would fail: something could not be read, or is a problem;
 * - it would delete an object that an earlier setup has left behind;
 * - the cluster is another one than before, or has other keys.
 */
export function repairableIn({ missing, changed, additions, unreachable, problems }: DriftResult): string[] {
  const isHindered = unreachable.length > 0 || problems.length > 0
  const deletes = additions.some(({ field }) => field === undefined)
  const isOtherCluster = changed.some(({ object }) => object.startsWith('cluster '))
  if (isHindered || deletes || isOtherCluster) return []
  const found: readonly { readonly object: string; readonly field?: string }[] = [...missing, ...changed]
  const hashes = new Set(found.map(({ object, field = '' }) => hashOf([object, field]).slice(0, hashDigits)))
  return hashes.size > mostAtOnce ? [] : [...hashes]
}

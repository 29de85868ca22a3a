import { hashOf } from '../../operations/record/hash.ts'
import type { DriftResult } from './drift.ts'

/** The highest number of differences that one setup repairs. More at once indicate another problem. */
const mostAtOnce = 500

/** 64 bits are enough to distinguish the differences of one cluster. */
const hashDigits = 16

/**
 * Returns a hash of object and field for each difference that a setup of the recorded spec would repair: everything
 * that is missing or changed, but no additions by others. Empty when a person has to decide first, because:
 * - a setup would fail: an object could not be read, or a problem exists;
 * - a setup would delete a leftover object of an earlier setup;
 * - the cluster was replaced, or the URL of its keys has changed;
 * - there are more than {@link mostAtOnce} differences.
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

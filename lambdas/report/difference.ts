import * as z from 'zod/mini'

/** One field of an object whose observed value is not the desired one. Never a field of a Secret's contents. */
export const difference = z.object({
  /** The name as the object's own API spells it: `spec.replicas`, `thumbprints`, `policyArns`. */
  field: z.string(),
  wanted: z.exactOptional(z.unknown().check(z.describe('Left out when the field should not be there'))),
  found: z.exactOptional(z.unknown().check(z.describe('Left out when the field is not there'))),
  manager: z.exactOptional(z.string().check(z.describe('Who owns the field now, where Kubernetes tells'))),
  changedAt: z.exactOptional(z.string().check(z.describe('When that manager last wrote to the object'))),
})

export type Difference = z.output<typeof difference>

/** A change lists at most this many additions of others to one object: a bucket's policy may have 1,500 members. */
const maxTold = 50

/** A difference of one field. Undefined stands for a missing field. */
export function differenceIn(field: string, wanted: unknown, found: unknown): Difference {
  return { field, ...(wanted !== undefined && { wanted }), ...(found !== undefined && { found }) }
}

/** One difference for each desired key whose observed value is not the same. Other keys do not matter. */
export function differencesByKey(
  wanted: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
  prefix = '',
): Difference[] {
  const others = Object.entries(wanted).filter(([key, value]) => found[key] !== value)
  return others.map(([key, value]) => differenceIn(`${prefix}${key}`, value, found[key]))
}

/** The fields of a dry run's change that list its differences and additions. Empty lists are left out. */
export function told(
  differences: readonly Difference[],
  additions: readonly Difference[],
): { differences?: Difference[]; additions?: Difference[] } {
  return {
    ...(differences.length > 0 && { differences: [...differences] }),
    ...(additions.length > 0 && { additions: [...additions] }),
  }
}

/** The first `maxTold` additions, and one entry with the number of the others. */
export function bounded(additions: readonly Difference[]): Difference[] {
  const rest = additions.slice(maxTold)
  const [first] = rest
  return first
    ? [...additions.slice(0, maxTold), { field: first.field, found: `and ${rest.length} more` }]
    : [...additions]
}

import * as z from 'zod/mini'

/** One field of an object whose observed value is not the desired one. It is never a field of a Secret's contents. */
export const difference = z.object({
  /** The name in the object's own API: `spec.replicas`, `thumbprints`, `policyArns`. */
  field: z.string(),
  desired: z.exactOptional(z.unknown().check(z.describe('Left out when the field should not be there'))),
  observed: z.exactOptional(z.unknown().check(z.describe('Left out when the field is not there'))),
  manager: z.exactOptional(
    z.string().check(z.describe('The field manager that owns the field now, if Kubernetes reports one')),
  ),
  changedAt: z.exactOptional(z.string().check(z.describe('When that manager last wrote to the object'))),
})

export type Difference = z.output<typeof difference>

/** The highest number of additions to one object that a change lists: a bucket's policy may have 1,500 members. */
const maxReported = 50

/** A difference of one field. Undefined stands for a missing field. */
export function differenceIn(field: string, desired: unknown, observed: unknown): Difference {
  return { field, ...(desired !== undefined && { desired }), ...(observed !== undefined && { observed }) }
}

/** One difference for each desired key with another observed value. Other keys do not matter. */
export function differencesByKey(
  desired: Readonly<Record<string, unknown>>,
  observed: Readonly<Record<string, unknown>>,
  prefix = '',
): Difference[] {
  const others = Object.entries(desired).filter(([key, value]) => observed[key] !== value)
  return others.map(([key, value]) => differenceIn(`${prefix}${key}`, value, observed[key]))
}

/** The fields of a dry run's change with its differences and additions. Empty lists are omitted. */
export function reported(
  differences: readonly Difference[],
  additions: readonly Difference[],
): { differences?: Difference[]; additions?: Difference[] } {
  return {
    ...(differences.length > 0 && { differences: [...differences] }),
    ...(additions.length > 0 && { additions: [...additions] }),
  }
}

/** The first `maxReported` additions, and one entry with the number of the others. */
export function bounded(additions: readonly Difference[]): Difference[] {
  const rest = additions.slice(maxReported)
  const [first] = rest
  return first
    ? [...additions.slice(0, maxReported), { field: first.field, observed: `and ${rest.length} more` }]
    : [...additions]
}

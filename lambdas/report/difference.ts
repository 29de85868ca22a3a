import * as z from 'zod/mini'

/** One field of an object that is not as it should be. Never one of a Secret's contents. */
export const difference = z.object({
  /** `spec.replicas`, `thumbprints`, `policyArns`: as the object's own API spells it. */
  field: z.string(),
  wanted: z.exactOptional(z.unknown().check(z.describe('Left out when the field should not be there'))),
  found: z.exactOptional(z.unknown().check(z.describe('Left out when the field is not there'))),
  manager: z.exactOptional(z.string().check(z.describe('Who owns the field now, where Kubernetes tells'))),
  changedAt: z.exactOptional(z.string().check(z.describe('When that manager last wrote to the object'))),
})

export type Difference = z.output<typeof difference>

/** So many additions of others to one object are told one by one: a bucket's policy may have 1,500 members. */
const maxTold = 50

/** That the field has another value than it should; undefined stands for a field that is not there. */
export function differenceIn(field: string, wanted: unknown, found: unknown): Difference {
  return { field, ...(wanted !== undefined && { wanted }), ...(found !== undefined && { found }) }
}

/** One for every key that has not the very value that is wanted; keys that nobody wants do not matter. */
export function differencesByKey(
  wanted: Readonly<Record<string, unknown>>,
  found: Readonly<Record<string, unknown>>,
  prefix = '',
): Difference[] {
  const others = Object.entries(wanted).filter(([key, value]) => found[key] !== value)
  return others.map(([key, value]) => differenceIn(`${prefix}${key}`, value, found[key]))
}

/** The part of a dry run's change that tells more than the change itself; empty lists are left out. */
export function told(
  differences: readonly Difference[],
  additions: readonly Difference[],
): { differences?: Difference[]; additions?: Difference[] } {
  return {
    ...(differences.length > 0 && { differences: [...differences] }),
    ...(additions.length > 0 && { additions: [...additions] }),
  }
}

/** The additions, those beyond fifty as a number only. */
export function bounded(additions: readonly Difference[]): Difference[] {
  const rest = additions.slice(maxTold)
  const [first] = rest
  return first
    ? [...additions.slice(0, maxTold), { field: first.field, found: `and ${rest.length} more` }]
    : [...additions]
}

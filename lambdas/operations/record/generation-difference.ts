import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import type { SetupRequest, Workload } from '../../spec/setup-request.ts'
import { hashOf } from './hash.ts'

/** A workload with the paths of its differing fields, such as `role.policyArns`. */
export interface ChangedWorkload extends WorkloadRef {
  readonly fields: readonly string[]
}

export interface GenerationDifference {
  readonly added: readonly WorkloadRef[]
  readonly removed: readonly WorkloadRef[]
  readonly changed: readonly ChangedWorkload[]
  /** Paths in the spec without its workloads, such as `webhook.image`. */
  readonly fields: readonly string[]
}

/** The changes of a spec against the previous one. For the first spec, all of its content is added. */
export function generationDifference(
  { workloads, ...spec }: SetupRequest,
  before: SetupRequest | undefined,
): GenerationDifference {
  const { workloads: workloadsBefore = [], ...specBefore } = before ?? {}
  const [now, then] = [byName(workloads), byName(workloadsBefore)]
  return {
    added: workloads.filter((one) => !then.has(itemOf(one))).map(refOf),
    removed: workloadsBefore.filter((one) => !now.has(itemOf(one))).map(refOf),
    changed: workloads.flatMap((one) => changedFrom(then.get(itemOf(one)), one)),
    fields: differingPaths(specBefore, spec),
  }
}

function byName(workloads: readonly Workload[]): ReadonlyMap<string, Workload> {
  return new Map(workloads.map((workload) => [itemOf(workload), workload]))
}

function refOf({ namespace, serviceAccount }: WorkloadRef): WorkloadRef {
  return { namespace, serviceAccount }
}

function changedFrom(before: Workload | undefined, workload: Workload): ChangedWorkload[] {
  const fields = before ? differingPaths(before, workload) : []
  return fields.length > 0 ? [{ ...refOf(workload), fields }] : []
}

/** The deepest paths at which two objects differ. A list is one value. A part that one object lacks is one value. */
export function differingPaths(one: object, other: object, prefix = ''): string[] {
  const [entries, others] = [new Map(Object.entries(one)), new Map(Object.entries(other))]
  return [...new Set([...entries.keys(), ...others.keys()])].flatMap((key) => {
    const [value, otherValue] = [entries.get(key), others.get(key)]
    if (isObject(value) && isObject(otherValue)) return differingPaths(value, otherValue, `${prefix}${key}.`)
    return hashOf([value]) === hashOf([otherValue]) ? [] : [`${prefix}${key}`]
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

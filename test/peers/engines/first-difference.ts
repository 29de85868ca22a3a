import { isDeepStrictEqual } from 'node:util'
import type { Outcome } from './scenario.ts'

export interface Difference {
  /** `calls[7].arguments.Payload.attempt`. */
  readonly path: string
  readonly ours: unknown
  readonly theirs: unknown
}

/** In the order of time, because a later difference may follow from an earlier one. */
const parts = ['entered', 'calls', 'delays', 'waits', 'status', 'error', 'cause', 'output'] as const

/** The engines' causes for an expression without a value. AWS documents no wording. */
const undefinedCauses = [
  /^\w+: \{%[\s\S]*%\} is undefined$/,
  /The JSONata expression '[\s\S]*' returned nothing \(undefined\)\.$/,
  /^JSONata expression did not return a result: /,
]

/** The first difference between two outcomes, or undefined when they are equal. */
export function firstDifference(ours: Outcome, theirs: Outcome): Difference | undefined {
  for (const part of parts) {
    const found = differenceIn(part, ours[part], theirs[part])
    if (found) return found
  }
  return undefined
}

/** "Verify fails permanently: calls[7].attempt is 1 on the interpreter of the tests, and 2 on moto". */
export function describeDifference(scenario: string, engine: string, { path, ours, theirs }: Difference): string {
  return `${scenario}: ${path} is ${JSON.stringify(ours)} on the interpreter of the tests, and ${JSON.stringify(theirs)} on ${engine}`
}

function differenceIn(path: string, ours: unknown, theirs: unknown): Difference | undefined {
  if (isDeepStrictEqual(ours, theirs) || (isOfUndefined(ours) && isOfUndefined(theirs))) return undefined
  if (!isContainer(ours) || !isContainer(theirs) || Array.isArray(ours) !== Array.isArray(theirs)) {
    return { path, ours, theirs }
  }
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const inner = Array.isArray(ours) ? `${path}[${key}]` : `${path}.${key}`
    const found = differenceIn(inner, Reflect.get(ours, key), Reflect.get(theirs, key))
    if (found) return found
  }
  return undefined
}

function isOfUndefined(value: unknown): boolean {
  return typeof value === 'string' && undefinedCauses.some((wording) => wording.test(value))
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

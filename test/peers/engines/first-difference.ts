import { isDeepStrictEqual } from 'node:util'
import type { Outcome } from './scenario.ts'

export interface Difference {
  /** `calls[7].arguments.Payload.attempt`. */
  readonly path: string
  readonly ours: unknown
  readonly theirs: unknown
}

/** What happens first is compared first: a later difference follows from it. */
const parts = ['entered', 'calls', 'delays', 'waits', 'status', 'error', 'cause', 'output'] as const

/** How each engine words the cause of an expression without a value: AWS documents no wording. */
const undefinedCauses = [
  /^\w+: \{%[\s\S]*%\} is undefined$/,
  /The JSONata expression '[\s\S]*' returned nothing \(undefined\)\.$/,
  /^JSONata expression did not return a result: /,
]

/** The first difference between what two engines did, or undefined when they did the same. */
export function firstDifference(ours: Outcome, theirs: Outcome): Difference | undefined {
  for (const part of parts) {
    const found = differenceIn(part, ours[part], theirs[part])
    if (found) return found
  }
  return undefined
}

/** "Verify fails for good: calls[7].attempt is 1 on the interpreter of the tests, and 2 on moto". */
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

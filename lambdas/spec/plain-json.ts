import { type FieldPath, issueAt, type ValidationIssue } from './issue.ts'

/** No valid request nests deeper. The limit protects recursive functions from a stack overflow. */
const maxDepth = 32

/** Copies of an object lose `__proto__`, and DynamoDB's client reads `constructor` as the class of an object. */
const refusedNames = ['__proto__', 'constructor', 'prototype']

/**
 * The smallest positive number that DynamoDB can store:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const smallestNumber = 1e-130

/**
 * The first part of a JSON value that the record cannot store; undefined when none exists. Such parts are deep nesting,
 * reserved JavaScript names, texts with NUL or an unpaired surrogate, and numbers that are too large or too small.
 */
export function plainJsonIssue(value: unknown, path: FieldPath = []): ValidationIssue | undefined {
  if (typeof value === 'string') return isKeepable(value) ? undefined : issueAt(path, unkeepable)
  if (typeof value === 'number') return numberIssue(value, path)
  if (typeof value !== 'object' || value === null) return undefined
  if (path.length === maxDepth) return issueAt([], `nests deeper than ${maxDepth} levels`)
  if (Array.isArray(value)) return firstIssue(value.map((inner, index) => [[...path, index], inner]))
  const names = Object.keys(value)
  if (!names.every(isKeepable)) return issueAt(path, unkeepable)
  const refused = names.find((name) => refusedNames.includes(name))
  if (refused !== undefined) return issueAt([...path, refused], 'is a name that no field may have: remove it')
  return firstIssue(Object.entries(value).map(([key, inner]) => [[...path, key], inner]))
}

const unkeepable = 'has a character that cannot be kept, NUL or half of a surrogate pair: remove it'

/** JavaScript rounds numbers above 2^53, and DynamoDB's client rejects them. */
function numberIssue(value: number, path: FieldPath): ValidationIssue | undefined {
  const size = Math.abs(value)
  if (size > Number.MAX_SAFE_INTEGER) return issueAt(path, `is beyond ${Number.MAX_SAFE_INTEGER}: use a smaller number`)
  return size > 0 && size < smallestNumber ? issueAt(path, 'is closer to 0 than 1e-130: use 0') : undefined
}

function isKeepable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function firstIssue(entries: readonly (readonly [FieldPath, unknown])[]): ValidationIssue | undefined {
  for (const [path, inner] of entries) {
    const issue = plainJsonIssue(inner, path)
    if (issue) return issue
  }
  return undefined
}

import { isDeepStrictEqual } from 'node:util'

export type PolicyDocument = Readonly<Record<string, unknown>>

/**
 * Whether two policy documents mean the same. The order of keys and of list elements has no meaning, and a list of one
 * element equals that element. IAM may return a document in any of these forms.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function samePolicy(one: PolicyDocument, other: PolicyDocument): boolean {
  return isDeepStrictEqual(canonical(one), canonical(other))
}

/**
 * Whether the document `one` allows at most what the document `than` allows:
 * - For each Allow statement of `one`, `than` has an Allow statement with the same principal, the same or more actions
 *   and resources, and the same or fewer conditions.
 * - Each Deny statement of `than` is also in `one`.
 *
 * Patterns and conditions are not evaluated, so the result may be false although `one` allows no more.
 */
export function allowsNoMore(one: PolicyDocument, than: PolicyDocument): boolean {
  const [statements, others] = [statementsOf(one), statementsOf(than)]
  if (!statements || !others || one.Version !== than.Version) return false
  const denials = statements.filter(isDeny)
  return (
    others.filter(isDeny).every((kept) => denials.some((deny) => samePolicy(deny, kept))) &&
    statements.every((each) => isDeny(each) || others.some((other) => isWithin(each, other)))
  )
}

/**
 * The document without the statements of another one; their IDs have no meaning. Returns undefined when no statement
 * remains, because IAM refuses such a policy, or when a statement is no JSON object.
 */
export function withoutStatements(document: PolicyDocument, removed: PolicyDocument): PolicyDocument | undefined {
  const [statements, others] = [listOf(document.Statement), statementsOf(removed)]
  if (!statements.every(isPolicyDocument) || !others) return undefined
  const kept = statements.filter(({ Sid: _, ...statement }) => !others.some((other) => samePolicy(statement, other)))
  return kept.length === 0 ? undefined : { ...document, Statement: kept }
}

/** Whether a statement of the trust policy allows something to identities of this OIDC provider. */
export function trustsProvider(document: PolicyDocument, arn: string): boolean {
  return (
    statementsOf(document)?.some((statement) => {
      const { Principal } = statement
      return !isDeny(statement) && isPolicyDocument(Principal) && listOf(Principal.Federated).includes(arn)
    }) ?? true
  )
}

/** Decodes a policy from IAM, which is URL-encoded JSON (RFC 3986). Returns undefined when it is no JSON object. */
export function decodePolicy(encoded: string): PolicyDocument | undefined {
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(encoded))
    return isPolicyDocument(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** Whether the value is a JSON object, like every policy document. */
export function isPolicyDocument(value: unknown): value is PolicyDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return canonicalList(value)
  if (!isPolicyDocument(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, canonical(inner)]))
}

function canonicalList(list: readonly unknown[]): unknown {
  const texts = new Map(list.map((element) => [JSON.stringify(sortedKeys(canonical(element))), canonical(element)]))
  const elements = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, element]) => element)
  return elements.length === 1 ? elements[0] : elements
}

/** Sorts the keys, so that the value's JSON does not depend on their order. Expects a canonical value. */
function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (!isPolicyDocument(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortedKeys(inner)]),
  )
}

/** Returns the statements without their meaningless IDs, or undefined when a statement is no JSON object. */
function statementsOf({ Statement }: PolicyDocument): PolicyDocument[] | undefined {
  const all = listOf(Statement)
  return all.every(isPolicyDocument) ? all.map(({ Sid: _, ...statement }) => statement) : undefined
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

function isDeny({ Effect }: PolicyDocument): boolean {
  return Effect === 'Deny'
}

/** Elements that allow less if their list is shorter. A shorter list in `NotAction` or `NotResource` allows more. */
const narrowing = ['Action', 'Resource']

function isWithin(one: PolicyDocument, other: PolicyDocument): boolean {
  const { Condition: ownConditions, ...own } = one
  const { Condition: conditions, ...rest } = other
  const elements = new Set([...Object.keys(own), ...Object.keys(rest)])
  return (
    [...elements].every((element) => isSameOrPart(element, own[element], rest[element])) &&
    hasConditions(ownConditions, conditions)
  )
}

function isSameOrPart(element: string, own: unknown, other: unknown): boolean {
  if (isDeepStrictEqual(canonical(own), canonical(other))) return true
  if (own === undefined || other === undefined || !narrowing.includes(element)) return false
  const allowed = [other].flat()
  return [own].flat().every((each) => allowed.includes(each))
}

/** A statement applies only if all its conditions hold, so more conditions allow less. */
function hasConditions(own: unknown, needed: unknown): boolean {
  if (needed === undefined) return true
  if (!isPolicyDocument(own) || !isPolicyDocument(needed)) return false
  return Object.entries(needed).every(([operator, tests]) => {
    const ownTests = own[operator]
    if (!isPolicyDocument(ownTests) || !isPolicyDocument(tests)) return false
    return Object.entries(tests).every(([key, value]) => samePolicy({ value: ownTests[key] }, { value }))
  })
}

import { isDeepStrictEqual } from 'node:util'

/** An IAM policy document, as JSON. */
export type PolicyDocument = Readonly<Record<string, unknown>>

/**
 * Whether two policy documents mean the same. The order of keys and of list elements has no meaning, and a list of one
 * element means the same as the element. IAM may return a document in any of these spellings.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function samePolicy(one: PolicyDocument, other: PolicyDocument): boolean {
  return isDeepStrictEqual(canonical(one), canonical(other))
}

/** The document as IAM's read calls return it: JSON, URL-encoded (RFC 3986). Undefined when it is no JSON object. */
export function decodePolicy(encoded: string): PolicyDocument | undefined {
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(encoded))
    return isDocument(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isDocument(value: unknown): value is PolicyDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return canonicalList(value)
  if (!isDocument(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, canonical(inner)]))
}

function canonicalList(list: readonly unknown[]): unknown {
  const texts = new Map(list.map((element) => [JSON.stringify(sortedKeys(canonical(element))), canonical(element)]))
  const elements = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, element]) => element)
  return elements.length === 1 ? elements[0] : elements
}

/** Sorts the keys, so that the text of the value does not depend on their order. The value is canonical already. */
function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (!isDocument(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortedKeys(inner)]),
  )
}

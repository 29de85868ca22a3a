/** Requests as YAML, which includes JSON. The module loads on demand. */

import { type Document, LineCounter, parseAllDocuments, stringify } from 'yaml'
import { isRecord } from '../../../../client/json.ts'

export type Read =
  | { readonly kind: 'request'; readonly request: Readonly<Record<string, unknown>> }
  | { readonly kind: 'notYaml'; readonly line: number; readonly column: number; readonly message: string }
  | { readonly kind: 'aliases' }
  | { readonly kind: 'several'; readonly count: number }
  | { readonly kind: 'none' }

/** Long lines are not folded, because folded text is hard to edit. */
export function yamlOf(request: object): string {
  return stringify(request, { lineWidth: 0 })
}

/** Reads the request in a text, which must contain exactly one. */
export function requestIn(text: string): Read {
  const lines = new LineCounter()
  const documents = [...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })]
  const [error] = documents.flatMap(({ errors }) => errors)
  if (error) {
    const { line, col } = lines.linePos(error.pos[0])
    return { kind: 'notYaml', line, column: col, message: error.message }
  }
  const values = jsonOf(documents)?.filter((value) => value !== null)
  if (!values) return { kind: 'aliases' }
  if (values.length > 1) return { kind: 'several', count: values.length }
  const [request] = values
  return isRecord(request) && isRecord(request.cluster) ? { kind: 'request', request } : { kind: 'none' }
}

/**
 * Returns the documents as JSON values, or undefined if one has no JSON form: an alias may be undefined, refer to
 * itself, or expand beyond memory (https://en.wikipedia.org/wiki/Billion_laughs_attack).
 */
function jsonOf(documents: readonly Document[]): unknown[] | undefined {
  try {
    return documents.map((document): unknown => JSON.parse(JSON.stringify(document.toJS())))
  } catch {
    return undefined
  }
}

/** Requests as YAML. JSON is YAML too. It is loaded when it is asked for. */
import { type Document, LineCounter, parseAllDocuments, stringify } from 'yaml'

export type Read =
  | { readonly kind: 'request'; readonly request: Readonly<Record<string, unknown>> }
  | { readonly kind: 'notYaml'; readonly line: number; readonly column: number; readonly message: string }
  | { readonly kind: 'aliases' }
  | { readonly kind: 'several'; readonly count: number }
  | { readonly kind: 'none' }

/** Without folding: an ARN is one word, and a folded text is hard to edit. */
export function yamlOf(request: object): string {
  return stringify(request, { lineWidth: 0 })
}

/** The one request of a text. */
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
 * As they would be sent; undefined where that is no JSON: an alias may lead nowhere, to itself, or to more than fits into
 * memory (https://en.wikipedia.org/wiki/Billion_laughs_attack).
 */
function jsonOf(documents: readonly Document[]): unknown[] | undefined {
  try {
    return documents.map((document): unknown => JSON.parse(JSON.stringify(document.toJS())))
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

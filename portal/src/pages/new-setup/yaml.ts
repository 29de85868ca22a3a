/** Requests as YAML. JSON is YAML too. It is loaded when it is asked for. */
import { LineCounter, parseAllDocuments, stringify } from 'yaml'

export type Read =
  | { readonly kind: 'request'; readonly request: Readonly<Record<string, unknown>> }
  | { readonly kind: 'notYaml'; readonly line: number; readonly column: number; readonly message: string }
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
  const values: unknown[] = documents.map((document) => document.toJS()).filter((value) => value !== null)
  if (values.length > 1) return { kind: 'several', count: values.length }
  const [request] = values
  return isRecord(request) && isRecord(request.cluster) ? { kind: 'request', request } : { kind: 'none' }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

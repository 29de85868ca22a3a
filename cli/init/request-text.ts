import { Document, isMap, isPair, isScalar, isSeq, type Pair } from 'yaml'
import type { SetupRequest } from '../../client/api.ts'
import { requestField, type Shape } from '../../client/request/field.ts'
import { type Kind, kinds } from '../../client/request/kinds.ts'
import { wrapped } from '../view/line.ts'

const columns = 110

/**
 * The request in YAML, with a comment above each field.
 *
 * @param schema where editors find the schema: a path relative to the file, or a URL
 */
export function requestText(kind: Kind, request: SetupRequest, schema: string): string {
  const document = new Document(request)
  explain(document.contents, requestField)
  separateParts(document.contents)
  const { means, note } = kinds[kind]
  document.commentBefore = [
    ` yaml-language-server: $schema=${schema}`,
    '',
    comment(`A request for ${means}.`),
    comment(note),
  ].join('\n')
  // No folding: an ARN is one word, and folded text is hard to edit.
  return document.toString({ lineWidth: 0 })
}

/** Inserts a blank line before each part except the first, which already has one. */
function separateParts(request: unknown): void {
  if (!isMap(request)) return
  for (const { key } of request.items.slice(1)) if (isScalar(key)) key.spaceBefore = true
}

function explain(node: unknown, field: Shape | undefined): void {
  if (isMap(node)) for (const pair of node.items) explainPair(pair, field)
  if (isSeq(node)) for (const item of node.items) explainItem(item, field?.items)
}

function explainPair({ key, value }: Pair, owner: Shape | undefined): void {
  if (!isScalar(key)) return
  const field = owner?.properties?.[String(key.value)]
  if (field?.description) key.commentBefore = comment(field.description)
  explain(value, field)
}

/** The comment of an element's first field goes before the hyphen. */
function explainItem(item: unknown, field: Shape | undefined): void {
  explain(item, field)
  const first: unknown = isMap(item) ? item.items[0] : undefined
  if (!isMap(item) || !isPair(first) || !isScalar(first.key)) return
  item.commentBefore = first.key.commentBefore ?? null
  first.key.commentBefore = null
}

function comment(text: string): string {
  return wrapped({ text: ` ${text}`, hang: 1 }, columns)
}

import { type Document, isMap, isNode, isPair, isScalar, isSeq, type Node } from 'yaml'
import type { Problem } from '../../client/api.ts'
import { segmentsOf } from '../../client/pointer.ts'
import { placeOf, type RequestDocument } from './read.ts'

type Issue = NonNullable<Problem['issues']>[number]

/** A fault from the API with its position in the file: "prod.yaml:3:5: cluster.name ...". */
export function issueAt({ path, pointer, message }: Issue, at: RequestDocument): string {
  const place = placeOf(at, offsetOf(at.document, segmentsOf(pointer)))
  return `${place}: ${path === '' ? 'the request' : path} ${message}`
}

/** The offset at which the field begins. For a missing field, the offset of its parent. */
function offsetOf({ contents }: Document, segments: readonly string[]): number {
  let node: unknown = contents
  let offset = contents?.range?.[0] ?? 0
  for (const segment of segments) {
    const next = childOf(node, segment)
    if (!next) return offset
    offset = next.offset
    node = next.value
  }
  return offset
}

interface Child {
  readonly value: unknown
  readonly offset: number
}

function childOf(node: unknown, segment: string): Child | undefined {
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === segment)
    return isPair(pair) && isNode(pair.key) ? { value: pair.value, offset: startOf(pair.key) } : undefined
  }
  const item = isSeq(node) ? node.items[Number(segment)] : undefined
  return isNode(item) ? { value: item, offset: startOf(item) } : undefined
}

function startOf({ range }: Node): number {
  return range?.[0] ?? 0
}

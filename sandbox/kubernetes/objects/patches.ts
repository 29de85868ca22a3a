import { isDeepStrictEqual } from 'node:util'
import { any, type ListSchema, type Schema, schemaOfField } from '../kinds/schema.ts'
import { ApiError, badRequest } from '../requests/status.ts'
import { asArray, asObject, asString, isObject, type JsonObject, objectsIn } from './objects.ts'

/** Applies a JSON merge patch: RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged: JsonObject = { ...asObject(target) }
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(merged[name], value)
  }
  return merged
}

/**
 * Applies a strategic merge patch and its directives. Lists with a merge key are merged by this key.
 * See https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function strategicMergePatch(target: unknown, patch: unknown, schema: Schema): unknown {
  if (Array.isArray(patch) && schema.is === 'list') return mergeListPatch(asArray(target), patch, schema)
  if (!isObject(patch)) return patch
  const merged: JsonObject = patch.$patch === 'replace' ? {} : { ...asObject(target) }
  const fields = Object.entries(patch).filter(([name]) => !name.startsWith('$'))
  for (const [name, value] of fields) {
    if (value === null) delete merged[name]
    else merged[name] = strategicMergePatch(merged[name], value, schemaOfField(schema, name) ?? any)
  }
  followDirectives(merged, patch, schema)
  return merged
}

/** Applies `$setElementOrder/LIST`, `$deleteFromPrimitiveList/LIST` and `$retainKeys`. */
function followDirectives(merged: JsonObject, patch: JsonObject, schema: Schema): void {
  for (const [name, value] of Object.entries(patch)) {
    const [directive, field = ''] = name.split('/')
    const list = merged[field]
    if (directive === '$retainKeys') retain(merged, asArray(value))
    if (!Array.isArray(list)) continue
    if (directive === '$deleteFromPrimitiveList') merged[field] = list.filter((item) => !asArray(value).includes(item))
    if (directive === '$setElementOrder') merged[field] = ordered(list, asArray(value), schemaOfField(schema, field))
  }
}

function retain(merged: JsonObject, names: readonly unknown[]): void {
  for (const name of Object.keys(merged)) if (!names.includes(name)) delete merged[name]
}

/** Sorts the items that `order` names. The other items stay at their positions. */
function ordered(list: readonly unknown[], order: readonly unknown[], schema: Schema | undefined): unknown[] {
  const key = schema?.is === 'list' ? schema.mergeKey : undefined
  const nameOf = (item: unknown) => JSON.stringify(key === undefined ? item : asObject(item)[key])
  const places = new Map(order.map((item, index) => [nameOf(item), index]))
  const placeOf = (item: unknown) => places.get(nameOf(item)) ?? -1
  const named = list.filter((item) => placeOf(item) >= 0).sort((a, b) => placeOf(a) - placeOf(b))
  return list.map((item) => (placeOf(item) >= 0 ? named.shift() : item))
}

function mergeListPatch(target: unknown[], patch: unknown[], schema: ListSchema): unknown[] {
  if (schema.set) return [...new Set([...target, ...patch])]
  const { mergeKey } = schema
  if (mergeKey === undefined) return patch
  const old = objectsIn(target)
  const places = new Map(old.map((item, place) => [item[mergeKey], place]))
  const named = objectsIn(patch)
  const names = new Set(named.map((item) => item[mergeKey]))
  const merged = named
    .filter(({ $patch }) => $patch !== 'delete')
    .map((item) => asObject(strategicMergePatch(old[places.get(item[mergeKey]) ?? -1], item, schema.items)))
  const untouched = old.filter((item) => !names.has(item[mergeKey]))
  return inOldOrder(merged, untouched, (item) => places.get(item[mergeKey]))
}

/**
 * Orders a list without $setElementOrder. Items of the patch keep their order. An untouched item precedes a patched
 * item only if it did so in the old list. A new item was not in the old list, so it precedes the untouched items that
 * remain (mergeSortedSlice in apimachinery's strategicpatch).
 */
function inOldOrder(
  merged: readonly JsonObject[],
  untouched: readonly JsonObject[],
  placeOf: (item: JsonObject) => number | undefined,
): JsonObject[] {
  const left = [...untouched]
  const ordered = merged.flatMap((item) => {
    const before: JsonObject[] = []
    while (left[0] && (placeOf(item) ?? -1) > (placeOf(left[0]) ?? 0)) before.push(...left.splice(0, 1))
    return [...before, item]
  })
  return [...ordered, ...left]
}

/**
 * Applies a JSON patch (RFC 6902) to a copy of the target.
 *
 * @throws ApiError 422 for an operation that fails, 400 for an invalid patch
 */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('a JSON patch must be an array of operations')
  const root: JsonObject = { value: structuredClone(target) }
  for (const operation of objectsIn(patch)) applyOperation(root, operation)
  return root.value
}

type Operation = (root: JsonObject, path: readonly string[], operation: JsonObject) => void

const operations: Readonly<Record<string, Operation>> = {
  add(root, path, { value }) {
    put(root, path, { value: structuredClone(value), insert: true })
  },
  replace(root, path, { value }) {
    read(root, path)
    put(root, path, { value: structuredClone(value), insert: false })
  },
  remove(root, path) {
    take(root, path)
  },
  copy(root, path, { from }) {
    put(root, path, { value: structuredClone(read(root, pointer(from))), insert: true })
  },
  move(root, path, { from }) {
    const value = read(root, pointer(from))
    take(root, pointer(from))
    put(root, path, { value, insert: true })
  },
  test(root, path, { value }) {
    if (!isDeepStrictEqual(read(root, path), value)) throw unfit()
  },
}

function applyOperation(root: JsonObject, operation: JsonObject): void {
  const apply = operations[asString(operation.op)]
  if (!apply) throw badRequest(`Unexpected kind: ${asString(operation.op)}`)
  apply(root, pointer(operation.path), operation)
}

function pointer(text: unknown): string[] {
  const steps = asString(text).split('/').slice(1)
  return ['value', ...steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))]
}

function parentOf(root: JsonObject, path: readonly string[]): { parent: unknown; last: string } {
  const parent = path.slice(0, -1).reduce<unknown>((inner, step) => childOf(inner, step), root)
  return { parent, last: path.at(-1) ?? '' }
}

function childOf(parent: unknown, step: string): unknown {
  return Array.isArray(parent) ? parent[Number(step)] : asObject(parent)[step]
}

function read(root: JsonObject, path: readonly string[]): unknown {
  const { parent, last } = parentOf(root, path)
  const value = childOf(parent, last)
  if (value === undefined) throw unfit()
  return value
}

function put(root: JsonObject, path: readonly string[], change: { value: unknown; insert: boolean }): void {
  const { parent, last } = parentOf(root, path)
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last)
    if (!Number.isInteger(index) || index > parent.length) throw unfit()
    parent.splice(index, change.insert ? 0 : 1, change.value)
    return
  }
  if (!isObject(parent)) throw unfit()
  parent[last] = change.value
}

function take(root: JsonObject, path: readonly string[]): void {
  read(root, path)
  const { parent, last } = parentOf(root, path)
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else delete asObject(parent)[last]
}

/** A real server does not report which operation failed, nor why. */
function unfit(): ApiError {
  return new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
}

import { isAtomic, type ListSchema, type Schema, schemaOfField } from '../kinds/schema.ts'
import { asObject, isObject, type JsonObject } from './objects.ts'

/**
 * A set of field paths, as in managedFields. The elements of a path are joined by NUL. An element is `f:NAME` for a
 * field, `k:{"name":"x"}` for an item of a keyed list, or `v:"x"` for an item of a set.
 * See https://kubernetes.io/docs/reference/using-api/server-side-apply/ and sigs.k8s.io/structured-merge-diff.
 */
export type FieldSet = ReadonlySet<string>

const separator = '\u0000'

function joinPath(parent: string, element: string): string {
  return parent === '' ? element : `${parent}${separator}${element}`
}

export function pathElements(path: string): string[] {
  return path.split(separator)
}

export function ancestorsOf(path: string): string[] {
  const elements = pathElements(path)
  return elements.slice(1).map((_, index) => elements.slice(0, index + 1).join(separator))
}

/** Returns the path element for an item of a keyed list or of a set. */
export function elementOf(item: unknown, schema: ListSchema): string {
  if (schema.set) return `v:${JSON.stringify(item)}`
  const key: JsonObject = {}
  for (const name of [...schema.keys].sort()) {
    const field = schemaOfField(schema.items, name)
    const fallback = field?.is === 'scalar' ? field.default : undefined
    key[name] = asObject(item)[name] ?? fallback
  }
  return `k:${JSON.stringify(key)}`
}

/**
 * Returns every field that the value sets, with its value. Each item of a list counts as a field.
 *
 * @param withMaps whether maps count as fields: an update owns a map that it creates, but an apply does not
 */
export function fieldsOf(value: unknown, schema: Schema, withMaps = false): Map<string, unknown> {
  const found = new Map<string, unknown>()
  collect(value, schema, { path: '', found, withMaps })
  return found
}

interface Walk {
  readonly path: string
  readonly found: Map<string, unknown>
  readonly withMaps: boolean
}

function collect(value: unknown, schema: Schema, walk: Walk): void {
  if (isAtomic(schema)) {
    walk.found.set(walk.path, value)
    return
  }
  if (schema.is !== 'list') {
    if (isObject(value)) collectFields(value, schema, walk)
    return
  }
  if (Array.isArray(value)) collectItems(value, schema, walk)
}

function collectItems(items: readonly unknown[], schema: ListSchema, walk: Walk): void {
  for (const item of items) {
    const path = joinPath(walk.path, elementOf(item, schema))
    walk.found.set(path, schema.set ? item : true)
    if (!schema.set) collect(item, schema.items, { ...walk, path })
  }
}

function collectFields(value: JsonObject, schema: Schema, walk: Walk): void {
  if (walk.withMaps && schema.is === 'map') walk.found.set(walk.path, true)
  for (const [name, child] of Object.entries(value)) {
    const childSchema = schemaOfField(schema, name)
    if (childSchema === undefined || child === undefined) continue
    const path = joinPath(walk.path, `f:${name}`)
    if (child === null || (isObject(child) && Object.keys(child).length === 0)) walk.found.set(path, child)
    collect(child, childSchema, { ...walk, path })
  }
}

export function toFieldsV1(fields: FieldSet): JsonObject {
  const tree: JsonObject = {}
  for (const path of [...fields].sort()) {
    let node = tree
    for (const element of pathElements(path)) {
      const next: JsonObject = asObject(node[element])
      node[element] = next
      node = next
    }
    node['.'] = {}
  }
  return leavesBare(tree)
}

/** A leaf is written `{}`, not `{".":{}}`. */
function leavesBare(node: JsonObject): JsonObject {
  const keys = Object.keys(node)
  if (keys.length === 1 && keys[0] === '.') return {}
  return Object.fromEntries(keys.map((key) => [key, key === '.' ? {} : leavesBare(asObject(node[key]))]))
}

export function fromFieldsV1(tree: unknown): Set<string> {
  const found = new Set<string>()
  readTree(asObject(tree), '', found)
  return found
}

function readTree(node: JsonObject, path: string, found: Set<string>): void {
  for (const [element, child] of Object.entries(node)) {
    if (element === '.') {
      found.add(path)
      continue
    }
    const childPath = joinPath(path, element)
    const inner = asObject(child)
    if (Object.keys(inner).length === 0) found.add(childPath)
    readTree(inner, childPath, found)
  }
}

/** The path as conflict messages write it: `.spec.containers[name="a"].image`. */
export function displayPath(path: string): string {
  return pathElements(path).map(displayElement).join('')
}

function displayElement(element: string): string {
  const rest = element.slice(2)
  if (element.startsWith('f:')) return `.${rest}`
  if (element.startsWith('v:')) return `[=${rest}]`
  const keys = Object.entries(asObject(JSON.parse(rest)))
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`
}

import { isAtomic, type ListSchema, type Schema, schemaOfField } from '../kinds/schema.ts'
import { elementOf, pathElements } from './field-paths.ts'
import { asArray, isObject, type JsonObject } from './objects.ts'

/** Returns the live value merged with the applied configuration. Lists with keys are merged item by item. */
export function mergeApplied(live: unknown, applied: unknown, schema: Schema): unknown {
  if (live === undefined || live === null || isAtomic(schema)) return applied
  if (schema.is === 'list') return mergeItems(asArray(live), asArray(applied), schema)
  if (!isObject(live) || !isObject(applied)) return applied
  const merged: JsonObject = { ...live }
  for (const [name, value] of Object.entries(applied)) {
    const childSchema = schemaOfField(schema, name)
    if (value === null) delete merged[name]
    else if (childSchema) merged[name] = mergeApplied(live[name], value, childSchema)
  }
  return merged
}

/**
 * Returns the items of the applied list in their order. Items that are only in the live list keep their positions
 * between the applied items, as in structured-merge-diff.
 */
function mergeItems(live: unknown[], applied: unknown[], schema: ListSchema): unknown[] {
  const liveByElement = new Map(live.map((item) => [elementOf(item, schema), item]))
  const appliedElements = applied.map((item) => elementOf(item, schema))
  const wanted = new Set(appliedElements)
  const merged: unknown[] = []
  const rest = [...liveByElement.keys()]
  const takeLiveOnly = () => {
    while (rest[0] !== undefined && !wanted.has(rest[0])) merged.push(liveByElement.get(rest.shift() ?? ''))
  }
  applied.forEach((item, index) => {
    takeLiveOnly()
    const element = appliedElements[index] ?? ''
    merged.push(mergeApplied(liveByElement.get(element), item, schema.items))
    const place = rest.indexOf(element)
    if (place >= 0) rest.splice(place, 1)
  })
  takeLiveOnly()
  return merged
}

/** Removes the field or item. A path that does not exist changes nothing. */
export function removePath(value: unknown, path: string, schema: Schema): void {
  removeElements(value, pathElements(path), schema)
}

function removeElements(value: unknown, elements: readonly string[], schema: Schema): void {
  const [element, ...rest] = elements
  if (element === undefined) return
  if (Array.isArray(value) && schema.is === 'list') {
    removeItem(value, element, { rest, schema })
    return
  }
  if (!isObject(value)) return
  const name = element.slice(2)
  if (rest.length === 0) {
    delete value[name]
    return
  }
  const childSchema = schemaOfField(schema, name)
  if (childSchema) removeElements(value[name], rest, childSchema)
}

function removeItem(items: unknown[], element: string, next: { rest: readonly string[]; schema: ListSchema }): void {
  const place = items.findIndex((item) => elementOf(item, next.schema) === element)
  if (place < 0) return
  if (next.rest.length === 0) items.splice(place, 1)
  else removeElements(items[place], next.rest, next.schema.items)
}

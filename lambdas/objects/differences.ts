import { isDeepStrictEqual } from 'node:util'

/** Metadata that each write changes, even when no requested field differs. */
const bookkeeping = ['managedFields', 'resourceVersion', 'generation']

/** Mappings whose keys users choose. A missing mapping equals an empty mapping. Each key is compared as a field. */
const openMapping = /(^|\.)metadata\.(labels|annotations)$/

interface Answer {
  readonly metadata?: object | undefined
  readonly status?: unknown
}

/** An item of a list whose items have unique names. */
export interface ListItem {
  readonly name: string
  readonly item: object
}

/** One step from an object down to a field: a key, or an item. */
export type PathStep = string | ListItem

/** One field that a server-side apply would change. Undefined represents a missing field. */
export interface FieldDifference {
  readonly path: readonly PathStep[]
  readonly desired: unknown
  readonly observed: unknown
}

/**
 * The changes of a server-side apply: each field in which the response of the dry run differs from the existing object.
 * Without differences, the apply would change nothing. The server has filled in its defaults in both objects.
 *
 * List items are compared by name if each item has a unique name. Any other list is compared as one value. The status
 * is ignored, because a manifest has none.
 */
export function differences(live: Answer, dryRun: Answer): FieldDifference[] {
  return inMappings(essence(live), essence(dryRun), [])
}

/** The path as text: `spec.replicas`, `spec.template.spec.containers[main].image`. */
export function pathName(path: readonly PathStep[]): string {
  return path.reduce<string>((before, step) => {
    if (typeof step !== 'string') return `${before}[${step.name}]`
    return before === '' ? step : `${before}.${step}`
  }, '')
}

/** Returns the items by name, or undefined if an item has no name or two items have the same name. */
export function itemsByName(list: unknown): ReadonlyMap<string, object> | undefined {
  if (!Array.isArray(list)) return undefined
  const items = new Map<string, object>()
  for (const item of list) {
    if (!isMapping(item) || !('name' in item) || typeof item.name !== 'string' || items.has(item.name)) return undefined
    items.set(item.name, item)
  }
  return items
}

function essence({ metadata = {}, status: _, ...rest }: Answer): object {
  const kept = Object.entries(metadata).filter(([field]) => !bookkeeping.includes(field))
  return { ...rest, metadata: Object.fromEntries(kept) }
}

function at(observed: unknown, desired: unknown, path: readonly PathStep[]): FieldDifference[] {
  if (isDeepStrictEqual(observed, desired)) return []
  if (openMapping.test(pathName(path))) return inMappings(observed ?? {}, desired ?? {}, path)
  if (isMapping(observed) && isMapping(desired)) return inMappings(observed, desired, path)
  return inItems(observed, desired, path) ?? [{ path, desired, observed }]
}

function inMappings(observed: object, desired: object, path: readonly PathStep[]): FieldDifference[] {
  const remaining = new Map<string, unknown>(Object.entries(observed))
  const right = new Map<string, unknown>(Object.entries(desired))
  const keys = [...new Set([...remaining.keys(), ...right.keys()])].sort()
  return keys.flatMap((key) => at(remaining.get(key), right.get(key), [...path, key]))
}

/** Returns the differences inside the items, or undefined if the lists are compared as one value or differ in order. */
function inItems(observed: unknown, desired: unknown, path: readonly PathStep[]): FieldDifference[] | undefined {
  const remaining = itemsByName(observed)
  const right = itemsByName(desired)
  if (!remaining || !right) return undefined
  // The path contains the observed version of an existing item, because its keys identify the owner of the field.
  const items = new Map([...right, ...remaining])
  const inside = [...items].flatMap(([name, item]) =>
    at(remaining.get(name), right.get(name), [...path, { name, item }]),
  )
  return inside.length > 0 ? inside : undefined
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

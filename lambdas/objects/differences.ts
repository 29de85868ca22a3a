import { isDeepStrictEqual } from 'node:util'

/** Metadata that every write changes, whether or not anything that was asked for differs. */
const bookkeeping = ['managedFields', 'resourceVersion', 'generation']

/** Mappings of free keys: one that is not there is the same as an empty one, and each key is a field. */
const openMapping = /(^|\.)metadata\.(labels|annotations)$/

interface Answer {
  readonly metadata?: object | undefined
  readonly status?: unknown
}

/** An item of a list whose items are told apart by their names. */
export interface ListItem {
  readonly name: string
  readonly item: object
}

/** One step down from an object to a field of it: a key, or an item. */
export type PathStep = string | ListItem

/** One field that a server-side apply would change; undefined stands for a field that is not there. */
export interface FieldDifference {
  readonly path: readonly PathStep[]
  readonly wanted: unknown
  readonly found: unknown
}

/**
 * What a server-side apply would change: the fields at which the answer of its dry run differs from the object that is
 * there. Items of a list are compared by their names if all have one, other lists as a whole. None: applying it would
 * write nothing new. The server has put its defaults into both. Status is left out: it is no part of a manifest, and
 * changes by itself.
 */
export function differences(live: Answer, dryRun: Answer): FieldDifference[] {
  return inMappings(essence(live), essence(dryRun), [])
}

/** `spec.replicas`, `spec.template.spec.containers[main].image`. */
export function pathName(path: readonly PathStep[]): string {
  return path.reduce<string>((before, step) => {
    if (typeof step !== 'string') return `${before}[${step.name}]`
    return before === '' ? step : `${before}.${step}`
  }, '')
}

/** The items by their names; undefined unless all of them have one of their own. */
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

function at(found: unknown, wanted: unknown, path: readonly PathStep[]): FieldDifference[] {
  if (isDeepStrictEqual(found, wanted)) return []
  if (openMapping.test(pathName(path))) return inMappings(found ?? {}, wanted ?? {}, path)
  if (isMapping(found) && isMapping(wanted)) return inMappings(found, wanted, path)
  return inItems(found, wanted, path) ?? [{ path, wanted, found }]
}

function inMappings(found: object, wanted: object, path: readonly PathStep[]): FieldDifference[] {
  const left = new Map<string, unknown>(Object.entries(found))
  const right = new Map<string, unknown>(Object.entries(wanted))
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort()
  return keys.flatMap((key) => at(left.get(key), right.get(key), [...path, key]))
}

/** Undefined when the lists can only be compared as a whole, which they are too when nothing but the order differs. */
function inItems(found: unknown, wanted: unknown, path: readonly PathStep[]): FieldDifference[] | undefined {
  const left = itemsByName(found)
  const right = itemsByName(wanted)
  if (!left || !right) return undefined
  // Of an item that is there, the keys by which it is there tell who owns it.
  const items = new Map([...right, ...left])
  const inside = [...items].flatMap(([name, item]) => at(left.get(name), right.get(name), [...path, { name, item }]))
  return inside.length > 0 ? inside : undefined
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

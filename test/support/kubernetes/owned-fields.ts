/** The fields of an object that a field manager has applied, from its managedFields. */
import {
  asArray,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type KubeObject,
} from '../../../sandbox/kubernetes/objects/objects.ts'

/** A key, or the keys that identify an item of a list. */
type Step = string | JsonObject

export interface OwnedField {
  /** For example `spec.template.spec.containers[main].image`. Items without names are `[]`. */
  readonly name: string
  /** The object with the field changed by `change`, or without it when that returns undefined. */
  changed(change: (value: unknown) => unknown): KubeObject
}

/** All fields that the manager has applied, except the keys that identify items of lists. */
export function ownedFields(object: KubeObject, manager: string): OwnedField[] {
  return pathsIn(entryOf(object, manager), []).map((path) => ({
    name: nameOf(path, object),
    changed(change) {
      const copy = structuredClone(object)
      const last = path.at(-1)
      const parent = path.slice(0, -1).reduce<unknown>(stepDown, copy)
      if (isObject(parent) && typeof last === 'string') changeIn(parent, last, change)
      return copy
    },
  }))
}

function entryOf(object: KubeObject, manager: string): JsonObject {
  const entry = object.metadata.managedFields?.find((one) => one.manager === manager && one.operation === 'Apply')
  if (!entry) throw new Error(`${object.kind} ${object.metadata.name} has no fields of ${manager}`)
  return entry.fieldsV1
}

function pathsIn(fields: JsonObject, before: readonly Step[]): (readonly Step[])[] {
  const inside = Object.keys(fields).filter((key) => key !== '.' && !isKeyOfItem(key, before.at(-1)))
  return inside.flatMap((key) => {
    const path = [...before, stepOf(key)]
    const below = asObject(fields[key])
    // A set of values is one field.
    const isLeaf = Object.keys(below).every((one) => one.startsWith('v:'))
    return isLeaf ? [path] : pathsIn(below, path)
  })
}

function isKeyOfItem(key: string, item: Step | undefined): boolean {
  return isObject(item) && key.slice(2) in item
}

function stepOf(key: string): Step {
  return key.startsWith('k:') ? asObject(JSON.parse(key.slice(2))) : key.slice(2)
}

function stepDown(value: unknown, step: Step): unknown {
  if (typeof step === 'string') return asObject(value)[step]
  return asArray(value).find((item) => Object.entries(step).every(([key, of]) => asObject(item)[key] === of))
}

function changeIn(parent: JsonObject, key: string, change: (value: unknown) => unknown): void {
  const value = change(parent[key])
  if (value === undefined) delete parent[key]
  else parent[key] = value
}

function nameOf(path: readonly Step[], object: KubeObject): string {
  return path.reduce<string>((before, step, depth) => {
    if (typeof step === 'string') return before === '' ? step : `${before}.${step}`
    return `${before}[${asString(asObject(path.slice(0, depth + 1).reduce<unknown>(stepDown, object)).name)}]`
  }, '')
}

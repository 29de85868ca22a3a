/** What somebody could do to an object of ours: each field that the product's applies own, changed, one at a time. */
import { isDeepStrictEqual } from 'node:util'
import { asArray, asObject, isObject, type JsonObject, type KubeObject } from '../../../sandbox/kubernetes/objects.ts'

export interface ChangedField {
  /** Dotted, without the names of items: `spec.template.spec.containers.image`. */
  readonly field: string
  /** The object with it. */
  readonly changed: KubeObject
}

const manager = 'workload-identity'

/** One change for each field that is ours; keys by which items of lists are told apart are left as they are. */
export function changedFields(object: KubeObject): ChangedField[] {
  const own = object.metadata.managedFields?.find((entry) => entry.manager === manager && entry.operation === 'Apply')
  if (!own) throw new Error(`${object.kind} ${object.metadata.name} has no fields of ours`)
  return leavesOf(own.fieldsV1, object, []).map((path) => ({
    field: path.filter((step) => typeof step === 'string').join('.'),
    changed: withChanged(object, path),
  }))
}

type Path = readonly (string | number)[]

function leavesOf(owned: JsonObject, value: unknown, path: Path): Path[] {
  const inner = Object.entries(owned).filter(([key]) => key !== '.')
  if (inner.length === 0) return [path]
  const isInner = inner.some(([key]) => key.startsWith('v:'))
  if (isInner) return [path]
  return inner.flatMap(([key, below]) => {
    if (key.startsWith('k:'))
      return leavesOfItem(asObject(below), value, { path, keys: asObject(JSON.parse(key.slice(2))) })
    const name = key.slice(2)
    return leavesOf(asObject(below), asObject(value)[name], [...path, name])
  })
}

function leavesOfItem(owned: JsonObject, list: unknown, { path, keys }: { path: Path; keys: JsonObject }): Path[] {
  const index = asArray(list).findIndex((item) => hasKeys(asObject(item), keys))
  const rest = Object.fromEntries(Object.entries(owned).filter(([key]) => !(key.slice(2) in keys)))
  if (Object.keys(rest).filter((key) => key !== '.').length === 0) return []
  return leavesOf(rest, asArray(list)[index], [...path, index])
}

function hasKeys(item: JsonObject, keys: JsonObject): boolean {
  return Object.entries(keys).every(([name, value]) => isDeepStrictEqual(item[name], value))
}

function withChanged(object: KubeObject, path: Path): KubeObject {
  const copy = structuredClone(object)
  const last = path.at(-1) ?? ''
  const parent = path.slice(0, -1).reduce<unknown>((inner, step) => Reflect.get(Object(inner), step), copy)
  Reflect.set(Object(parent), last, otherThan(Reflect.get(Object(parent), last)))
  return copy
}

function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (Array.isArray(value)) return value.length > 1 ? value.slice(1) : []
  return isObject(value) ? { ...value, changed: 'from-outside' } : `${value}x`
}

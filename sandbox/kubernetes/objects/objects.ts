/** Unchecked JSON, for the functions below. */
export type JsonObject = { [key: string]: unknown }

export interface Metadata extends JsonObject {
  name: string
  namespace?: string
  uid: string
  resourceVersion: string
  generation?: number
  creationTimestamp: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  managedFields?: ManagedFieldsEntry[]
}

export interface ManagedFieldsEntry {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time: string
  fieldsType: 'FieldsV1'
  fieldsV1: JsonObject
  subresource?: string
}

export interface KubeObject extends JsonObject {
  apiVersion: string
  kind: string
  metadata: Metadata
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

export function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

export function asString(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The objects of an array, without its other items. */
export function objectsIn(value: unknown): JsonObject[] {
  return asArray(value).filter(isObject)
}

/** The strings of an array, without its other items. */
export function stringsIn(value: unknown): string[] {
  return asArray(value).filter((item) => typeof item === 'string')
}

/** The fields of an object that are strings. */
export function stringMap(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([key, item]) => (typeof item === 'string' ? [[key, item]] : [])),
  )
}

export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => asObject(inner)[key], value)
}

/** Returns the object at this path of keys. Creates missing objects. */
export function ensureObject(value: JsonObject, ...path: string[]): JsonObject {
  let inner = value
  for (const key of path) {
    const next = inner[key]
    if (isObject(next)) {
      inner = next
      continue
    }
    const made: JsonObject = {}
    inner[key] = made
    inner = made
  }
  return inner
}

/** The time as Kubernetes writes it: RFC 3339, whole seconds. */
export function timestamp(date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

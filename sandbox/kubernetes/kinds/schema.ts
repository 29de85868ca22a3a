/**
 * The structure of a kind. One description serves validation, defaulting, the merge of patches, the ownership of
 * fields and OpenAPI, as the OpenAPI document with its x-kubernetes extensions does on a real server.
 */
export type Schema = ScalarSchema | ObjectSchema | MapSchema | ListSchema | AnySchema

export type ScalarType = 'string' | 'integer' | 'boolean' | 'int-or-string' | 'quantity'

export interface ScalarSchema {
  readonly is: 'scalar'
  readonly type: ScalarType
  readonly default?: string | number | boolean
  readonly values?: readonly string[]
}

export interface ObjectSchema {
  readonly is: 'object'
  readonly fields: Readonly<Record<string, Schema>>
  readonly required: readonly string[]
  /** Whether the object is owned and replaced as a unit. */
  readonly atomic: boolean
}

/** A map whose keys the user chooses. All values have the same schema. */
export interface MapSchema {
  readonly is: 'map'
  readonly values: Schema
  readonly atomic: boolean
}

/** `keys` are the fields that identify an item. `set` means an unordered list of scalars. Other lists are atomic. */
export interface ListSchema {
  readonly is: 'list'
  readonly items: Schema
  readonly keys: readonly string[]
  readonly set: boolean
  /** The key by which a strategic merge patch finds an item. Server-side apply may own the same list as a unit. */
  readonly mergeKey?: string
}

/** Any value, owned and replaced as a unit. */
export interface AnySchema {
  readonly is: 'any'
}

export const any: AnySchema = { is: 'any' }

export function str(fallback?: string): ScalarSchema {
  return scalar('string', fallback)
}

export function oneOf(values: readonly string[], fallback?: string): ScalarSchema {
  return { ...scalar('string', fallback), values }
}

export function int(fallback?: number): ScalarSchema {
  return scalar('integer', fallback)
}

export function bool(fallback?: boolean): ScalarSchema {
  return scalar('boolean', fallback)
}

export function intOrString(fallback?: number | string): ScalarSchema {
  return scalar('int-or-string', fallback)
}

export const quantity: ScalarSchema = { is: 'scalar', type: 'quantity' }

function scalar(type: ScalarType, fallback?: string | number | boolean): ScalarSchema {
  return fallback === undefined ? { is: 'scalar', type } : { is: 'scalar', type, default: fallback }
}

export function obj(fields: Readonly<Record<string, Schema>>, required: readonly string[] = []): ObjectSchema {
  return { is: 'object', fields, required, atomic: false }
}

export function map(values: Schema = str()): MapSchema {
  return { is: 'map', values, atomic: false }
}

export function atomicMap(values: Schema = str()): MapSchema {
  return { is: 'map', values, atomic: true }
}

export function list(items: Schema, mergeKey?: string): ListSchema {
  const atomic: ListSchema = { is: 'list', items, keys: [], set: false }
  return mergeKey === undefined ? atomic : { ...atomic, mergeKey }
}

export function set(items: Schema = str()): ListSchema {
  return { is: 'list', items, keys: [], set: true }
}

/** @param mergeKey default: the first key */
export function listBy(keys: readonly string[], items: ObjectSchema, mergeKey = keys[0]): ListSchema {
  const keyed: ListSchema = { is: 'list', items, keys, set: false }
  return mergeKey === undefined ? keyed : { ...keyed, mergeKey }
}

/** True for a value that is owned and replaced as a unit. */
export function isAtomic(schema: Schema): boolean {
  if (schema.is === 'scalar' || schema.is === 'any') return true
  if (schema.is === 'list') return schema.keys.length === 0 && !schema.set
  return schema.atomic
}

/** Returns the schema of a field or of a map's value, or undefined for a field that the kind does not have. */
export function schemaOfField(schema: Schema, field: string): Schema | undefined {
  if (schema.is === 'object') return schema.fields[field]
  if (schema.is === 'map') return schema.values
  return schema.is === 'any' ? any : undefined
}

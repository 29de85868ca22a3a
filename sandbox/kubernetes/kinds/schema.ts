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

/** Named fields. */
export interface ObjectSchema {
  readonly is: 'object'
  readonly fields: Readonly<Record<string, Schema>>
  readonly required: readonly string[]
  /** Owned and replaced as a whole. */
  readonly atomic: boolean
}

/** Keys that the user chooses, all values alike. */
export interface MapSchema {
  readonly is: 'map'
  readonly values: Schema
  readonly atomic: boolean
}

/** `keys` names the fields that tell items apart; `set` is a list of scalars without an order; else the list is atomic. */
export interface ListSchema {
  readonly is: 'list'
  readonly items: Schema
  readonly keys: readonly string[]
  readonly set: boolean
  /** The key by which a strategic merge patch finds an item: it may merge a list that server-side apply owns whole. */
  readonly mergeKey?: string
}

/** Anything, owned and replaced as a whole. */
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

/** `mergeKey` is the first key unless it is given. */
export function listBy(keys: readonly string[], items: ObjectSchema, mergeKey = keys[0]): ListSchema {
  const keyed: ListSchema = { is: 'list', items, keys, set: false }
  return mergeKey === undefined ? keyed : { ...keyed, mergeKey }
}

/** True for what is owned and replaced as a whole. */
export function isAtomic(schema: Schema): boolean {
  if (schema.is === 'scalar' || schema.is === 'any') return true
  if (schema.is === 'list') return schema.keys.length === 0 && !schema.set
  return schema.atomic
}

/** The schema of a field or of a map's value; undefined for a field that the kind does not have. */
export function schemaOfField(schema: Schema, field: string): Schema | undefined {
  if (schema.is === 'object') return schema.fields[field]
  if (schema.is === 'map') return schema.values
  return schema.is === 'any' ? any : undefined
}

import { type ListSchema, type ObjectSchema, type ScalarSchema, type Schema, schemaOfField } from '../kinds/schema.ts'
import { asArray, isObject, type JsonObject } from './objects.ts'

export interface Misfit {
  readonly path: string
  /** The path without the keys of maps, as Go names a field. */
  readonly field: string
  readonly kind: 'unknown' | 'type' | 'required' | 'value'
  /** The type or the values that the schema allows. */
  readonly expected: string
  readonly found: unknown
}

/** Returns all unknown fields, wrong types, missing fields, and values that are not allowed. */
export function misfitsOf(value: unknown, schema: Schema, place: Place = root): Misfit[] {
  if (value === undefined || value === null || schema.is === 'any') return []
  if (schema.is === 'scalar') return scalarMisfits(value, schema, place)
  if (schema.is === 'list') return listMisfits(value, schema, place)
  if (!isObject(value)) {
    const expected = schema.is === 'map' ? 'map' : 'object'
    return [{ ...place, kind: 'type', expected, found: value }]
  }
  const missing = schema.is === 'object' ? missingFields(value, schema, place) : []
  return [...missing, ...Object.entries(value).flatMap(([name, child]) => fieldMisfits(child, name, { schema, place }))]
}

interface Place {
  readonly path: string
  readonly field: string
}

const root: Place = { path: '', field: '' }

function fieldMisfits(child: unknown, name: string, parent: { schema: Schema; place: Place }): Misfit[] {
  const path = joined(parent.place.path, name)
  const field = parent.schema.is === 'map' ? parent.place.field : joined(parent.place.field, name)
  const schema = schemaOfField(parent.schema, name)
  if (!schema) return [{ path, field, kind: 'unknown', expected: '', found: child }]
  return misfitsOf(child, schema, { path, field })
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function missingFields(value: JsonObject, schema: ObjectSchema, { path, field }: Place): Misfit[] {
  return schema.required
    .filter((name) => value[name] === undefined || value[name] === null)
    .map((name) => ({
      path: joined(path, name),
      field: joined(field, name),
      kind: 'required',
      expected: '',
      found: undefined,
    }))
}

function listMisfits(value: unknown, schema: ListSchema, place: Place): Misfit[] {
  if (!Array.isArray(value)) return [{ ...place, kind: 'type', expected: 'array', found: value }]
  const { path, field } = place
  return value.flatMap((item, index) => misfitsOf(item, schema.items, { path: `${path}[${index}]`, field }))
}

function scalarMisfits(value: unknown, schema: ScalarSchema, place: Place): Misfit[] {
  if (!fits(value, schema)) return [{ ...place, kind: 'type', expected: schema.type, found: value }]
  if (schema.values && !schema.values.includes(String(value))) {
    return [{ ...place, kind: 'value', expected: schema.values.map((one) => `"${one}"`).join(', '), found: value }]
  }
  return []
}

function fits(value: unknown, schema: ScalarSchema): boolean {
  switch (schema.type) {
    case 'string':
      return typeof value === 'string'
    case 'integer':
      return Number.isInteger(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'int-or-string':
      return typeof value === 'string' || Number.isInteger(value)
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number'
  }
}

/** Returns a copy without unknown fields and nulls, as a real server stores it. */
export function prune(value: unknown, schema: Schema): unknown {
  if (schema.is === 'list' && Array.isArray(value)) return value.map((item) => prune(item, schema.items))
  if (schema.is === 'any' || !isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]) => {
      const childSchema = schemaOfField(schema, name)
      return childSchema && child !== null && child !== undefined ? [[name, prune(child, childSchema)]] : []
    }),
  )
}

/** Deletes empty maps, in place. Built-in types do not serialize them (`omitempty` in Go). */
export function dropEmptyMaps(value: unknown, schema: Schema): void {
  for (const [child, childSchema] of childrenOf(value, schema)) dropEmptyMaps(child, childSchema)
  if (!isObject(value) || schema.is !== 'object') return
  for (const [name, child] of Object.entries(schema.fields)) {
    const inner = value[name]
    if (child.is === 'map' && isObject(inner) && Object.keys(inner).length === 0) delete value[name]
  }
}

/** Sets the constant defaults of the schema, in place, in all objects that exist. */
export function fillDefaults(value: unknown, schema: Schema): void {
  if (isObject(value) && schema.is === 'object') fillScalars(value, schema)
  for (const [child, childSchema] of childrenOf(value, schema)) fillDefaults(child, childSchema)
}

function childrenOf(value: unknown, schema: Schema): [unknown, Schema][] {
  if (schema.is === 'list') return asArray(value).map((item) => [item, schema.items])
  if (!isObject(value)) return []
  if (schema.is === 'map') return Object.values(value).map((child) => [child, schema.values])
  if (schema.is !== 'object') return []
  return Object.entries(schema.fields).map(([name, child]) => [value[name], child])
}

function fillScalars(value: JsonObject, schema: ObjectSchema): void {
  for (const [name, child] of Object.entries(schema.fields)) {
    if (child.is === 'scalar' && child.default !== undefined) value[name] ??= child.default
  }
}

import type { JsonObject } from './objects.ts'
import { type Field, fieldsOf, messageName } from './protobuf/messages.ts'
import type { ServedType } from './resources.ts'
import { isAtomic, type ListSchema, type ObjectSchema, type ScalarSchema, type Schema } from './schema.ts'

export type OpenApiVersion = 2 | 3

/**
 * The schemas of OpenAPI, by name, made from those by which objects are checked. The names of the types inside a
 * built-in kind, and the formats of its scalars, are those of its Go type; a custom resource is described in one piece.
 */
export class Definitions {
  readonly #version: OpenApiVersion
  readonly #found = new Map<string, JsonObject>()

  constructor(version: OpenApiVersion) {
    this.#version = version
  }

  /** With all that it refers to. */
  addKind(type: ServedType, version: string): void {
    const { group, kind, schema } = type
    const message = messageName(group, version, kind)
    const definition = fieldsOf(message) ? this.#object(schema, message) : this.#customKind(schema)
    const kindMark = { 'x-kubernetes-group-version-kind': [{ group, version, kind }] }
    this.#found.set(definitionName(type, version), { ...definition, ...kindMark })
  }

  /** In the order of their names. */
  toJSON(): JsonObject {
    return Object.fromEntries([...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #reference(name: string, make: () => JsonObject): JsonObject {
    if (!this.#found.has(name)) {
      this.#found.set(name, {})
      this.#found.set(name, make())
    }
    return { $ref: `${this.#version === 2 ? '#/definitions' : '#/components/schemas'}/${name}` }
  }

  #message(message: string, schema: Schema | undefined): JsonObject {
    return this.#reference(nameOfMessage(message), () =>
      schema?.is === 'object' ? this.#object(schema, message) : this.#anything(message),
    )
  }

  /** The fields that the schema and the Go type both have. */
  #object(schema: ObjectSchema, message: string): JsonObject {
    const fields = flatFieldsOf(message)
    const properties = Object.entries(schema.fields).flatMap(([name, child]) => {
      const field = fields.get(name)
      if (!field) return name === 'apiVersion' || name === 'kind' ? [[name, { type: 'string' }]] : []
      return [[name, this.#field(child, field)]]
    })
    return objectSchema(schema, Object.fromEntries(properties))
  }

  /** A type that is taken as it is, without a look into it. */
  #anything(message: string): JsonObject {
    const properties = [...flatFieldsOf(message)].map(([name, field]) => [name, this.#untyped(field)])
    return { type: 'object', properties: Object.fromEntries(properties) }
  }

  #untyped(field: Field): JsonObject {
    const one = this.#value(undefined, field)
    if (field.form === 'list') return { type: 'array', items: one }
    return field.form === 'map' ? { type: 'object', additionalProperties: one } : one
  }

  #field(schema: Schema, field: Field): JsonObject {
    if (schema.is === 'list' && field.form === 'list') return listSchema(schema, this.#value(schema.items, field))
    if (schema.is === 'map' && field.form === 'map') {
      return { type: 'object', additionalProperties: this.#value(schema.values, field), ...atomicMark(schema) }
    }
    return field.form === 'one' ? this.#value(schema, field) : this.#untyped(field)
  }

  #value(schema: Schema | undefined, { type }: Field): JsonObject {
    if (fieldsOf(type)) return this.#message(type, schema)
    const shared = sharedScalars[type]
    if (shared)
      return this.#reference(shared.name, () => (this.#version === 3 ? shared.inVersion3 : undefined) ?? shared.schema)
    const extra = schema?.is === 'scalar' ? scalarMarks(schema) : {}
    return { ...(scalarFormats[type] ?? {}), ...extra }
  }

  #customKind(schema: ObjectSchema): JsonObject {
    const { metadata = { is: 'any' } as const, ...fields } = schema.fields
    const properties = Object.entries(fields).map(([name, field]) => [name, inlineSchema(field)])
    const reference = this.#message('meta.v1.ObjectMeta', metadata)
    return objectSchema(schema, { ...Object.fromEntries(properties), metadata: reference })
  }
}

/** `io.k8s.api.apps.v1.Deployment` */
function definitionName({ group, kind }: ServedType, version: string): string {
  const message = messageName(group, version, kind)
  return fieldsOf(message) ? nameOfMessage(message) : `${group.split('.').reverse().join('.')}.${version}.${kind}`
}

function nameOfMessage(message: string): string {
  return message.startsWith('meta.') ? `io.k8s.apimachinery.pkg.apis.${message}` : `io.k8s.api.${message}`
}

/** With the fields of the structs that have no name of their own. */
function flatFieldsOf(message: string): Map<string, Field> {
  const fields = [...(fieldsOf(message)?.values() ?? [])]
  return new Map(
    fields.flatMap((field) => (field.name === '' ? [...flatFieldsOf(field.type)] : [[field.name, field] as const])),
  )
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Scalars that have a definition of their own. */
const sharedScalars: Readonly<Record<string, { name: string; schema: JsonObject; inVersion3?: JsonObject }>> = {
  time: { name: `${meta}.Time`, schema: { type: 'string', format: 'date-time' } },
  microTime: { name: `${meta}.MicroTime`, schema: { type: 'string', format: 'date-time' } },
  fieldsV1: { name: `${meta}.FieldsV1`, schema: { type: 'object' } },
  quantity: {
    name: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
    schema: { type: 'string' },
    inVersion3: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  intOrString: {
    name: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    schema: { type: 'string', format: 'int-or-string' },
    inVersion3: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
}

const scalarFormats: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  bytes: { type: 'string', format: 'byte' },
  items: { type: 'array', items: { type: 'string' } },
}

/** A schema in one piece, without references. */
function inlineSchema(schema: Schema): JsonObject {
  switch (schema.is) {
    case 'any':
      return { 'x-kubernetes-preserve-unknown-fields': true, type: 'object' }
    case 'scalar':
      return { ...inlineScalars[schema.type], ...scalarMarks(schema) }
    case 'list':
      return listSchema(schema, inlineSchema(schema.items))
    case 'map':
      return { type: 'object', additionalProperties: inlineSchema(schema.values), ...atomicMark(schema) }
    case 'object': {
      const properties = Object.entries(schema.fields).map(([name, field]) => [name, inlineSchema(field)])
      return objectSchema(schema, Object.fromEntries(properties))
    }
  }
}

const inlineScalars: Readonly<Record<ScalarSchema['type'], JsonObject>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  quantity: { type: 'string' },
  'int-or-string': { type: 'string', format: 'int-or-string' },
}

function objectSchema(schema: ObjectSchema, properties: JsonObject): JsonObject {
  return {
    type: 'object',
    properties,
    ...(schema.required.length === 0 ? {} : { required: schema.required }),
    ...atomicMark(schema),
  }
}

function atomicMark(schema: Schema): JsonObject {
  return isAtomic(schema) ? { 'x-kubernetes-map-type': 'atomic' } : {}
}

function scalarMarks({ values, default: fallback }: ScalarSchema): JsonObject {
  return { ...(values ? { enum: values } : {}), ...(fallback === undefined ? {} : { default: fallback }) }
}

function listSchema({ keys, set, mergeKey }: ListSchema, items: JsonObject): JsonObject {
  const kind = set ? 'set' : keys.length > 0 ? 'map' : 'atomic'
  return {
    type: 'array',
    items,
    'x-kubernetes-list-type': kind,
    ...(keys.length > 0 ? { 'x-kubernetes-list-map-keys': keys } : {}),
    ...(mergeKey === undefined
      ? {}
      : { 'x-kubernetes-patch-merge-key': mergeKey, 'x-kubernetes-patch-strategy': 'merge' }),
  }
}

import * as z from 'zod/mini'
import { requestedSetup } from '../../spec/schema.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** The request as JSON Schema (draft 2020-12), for the OpenAPI description. */
export function setupRequestJsonSchema(): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(requestedSetup, { io: 'input', target: 'draft-2020-12' })
  return schema
}

/** One field of the request, for the table in docs/request.md. */
export interface RequestField {
  /** The path of the field: `workloads[].role.name`. `[]` means each element of a list. */
  readonly path: string
  /** The type in words: `string`, `list of objects`, `"auto" or "csr"`. */
  readonly type: string
  readonly required: boolean
  /** The default as JSON, if the field has one. */
  readonly default?: string
  readonly description: string
}

/** Each field of a request, in the order of the schema. */
export function requestFieldTable(): RequestField[] {
  return fieldsOf(setupRequestJsonSchema(), '')
}

function fieldsOf(schema: JsonSchema, prefix: string): RequestField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    if (typeof field === 'boolean') return []
    const path = `${prefix}${name}`
    return [row(field, path, schema.required?.includes(name) ?? false), ...innerFields(field, path)]
  })
}

function innerFields(field: JsonSchema, path: string): RequestField[] {
  const element = elementOf(field)
  return element === undefined ? fieldsOf(field, `${path}.`) : fieldsOf(element, `${path}[].`)
}

function row(field: JsonSchema, path: string, required: boolean): RequestField {
  return {
    path,
    type: typeOf(field),
    required,
    ...(field.default !== undefined && { default: JSON.stringify(field.default) }),
    description: field.description ?? '',
  }
}

function typeOf(field: JsonSchema): string {
  if (field.enum !== undefined) return field.enum.map((choice) => JSON.stringify(choice)).join(' or ')
  const element = elementOf(field)
  if (element !== undefined) return `list of ${typeNames[String(element.type)]?.[1] ?? 'values'}`
  return typeNames[String(field.type)]?.[0] ?? 'any value'
}

const typeNames: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['string', 'strings'],
  integer: ['integer', 'integers'],
  boolean: ['boolean', 'booleans'],
  object: ['object', 'objects'],
}

function elementOf(field: JsonSchema): JsonSchema | undefined {
  const { items } = field
  return typeof items === 'object' && !Array.isArray(items) ? items : undefined
}

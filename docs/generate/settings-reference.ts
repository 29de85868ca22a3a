/** The reference of the settings, from their JSON Schema. */
import { stringify } from 'yaml'
import type * as z from 'zod'
import { fenced } from './page.ts'

const schemaFile = '[the schema](../infra/settings/settings.schema.json)'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** A field inside a setting. */
interface Field {
  /** `access.grants[].to`: `[]` means each element of a list, `*` each name that the operator chooses. */
  readonly path: string
  readonly schema: JsonSchema
  readonly required: boolean
}

/** A section for each setting: description, type, default and bounds, inner fields, and an example. */
export function settingsReference(schema: JsonSchema): string {
  const typeIn = typesOnce()
  return fieldsOf(schema, '')
    .map((field) => sectionOf(field, typeIn))
    .join('\n\n')
}

/** The type of a field, in words. */
type TypeIn = (field: Field) => string

/** Describes a long type once. Other fields of this type refer to the first field. */
function typesOnce(): TypeIn {
  const first = new Map<string, string>()
  return ({ path, schema }) => {
    const type = typeOf(schema)
    const before = first.get(type)
    if (before === undefined) first.set(type, path)
    return before === undefined || type.length < 40 ? type : `as \`${before}\``
  }
}

function sectionOf(field: Field, typeIn: TypeIn): string {
  const { path, schema, required } = field
  const inner = innerFields(schema, path)
  return [
    `### \`${path}\``,
    schema.description ?? '',
    [...(inner.length > 0 ? [] : [`Type: ${typeIn(field)}.`]), required ? 'Required.' : defaultOf(field, inner)].join(
      ' ',
    ),
    ...(inner.length > 0 ? [tableOf(inner, typeIn)] : []),
    ...examplesOf(schema, inner).map((example) => fenced('yaml', stringify({ [path]: example }))),
  ].join('\n\n')
}

/** The examples of an object, unless all its fields have defaults. For any other setting, the type suffices. */
function examplesOf({ type, examples = [] }: JsonSchema, inner: readonly Field[]): readonly unknown[] {
  const isObvious = inner.length > 0 && inner.every(({ schema }) => schema.default !== undefined)
  return type === 'object' && !isObvious ? examples : []
}

function defaultOf({ schema: { default: value } }: Field, inner: readonly Field[]): string {
  if (value === undefined || isEmpty(value) || inner.length > 0) return 'Optional.'
  const text = JSON.stringify(value)
  return text.length < 80 ? `Default: \`${text}\`.` : `Default: the list in ${schemaFile}.`
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).flat().length === 0
}

function tableOf(fields: readonly Field[], typeIn: TypeIn): string {
  const rows = fields.map((field) => rowOf(field, typeIn))
  return ['| field | type | meaning |', '|---|---|---|', ...rows].join('\n')
}

function rowOf(field: Field, typeIn: TypeIn): string {
  const { path, schema, required } = field
  const { default: value, description = '' } = schema
  const otherwise = value === undefined || isEmpty(value) ? '' : `, default \`${JSON.stringify(value)}\``
  return `| \`${path}\` | ${withoutExamples(typeIn(field))}${required ? ', required' : otherwise} | ${description} |`
}

/** Removes the examples from a type, because an example of the setting follows the table. */
function withoutExamples(type: string): string {
  return type.replaceAll(/ such as (?:a )?[^\s,;]+/g, '')
}

/**
 * The fields of an object, or of all objects of a choice. There a field is required only if every object requires it.
 */
function fieldsOf(schema: JsonSchema, prefix: string): Field[] {
  const choices = (schema.oneOf ?? schema.anyOf ?? [schema]).filter(isSchema)
  const names = [...new Set(choices.flatMap(({ properties = {} }) => Object.keys(properties)))]
  return names.flatMap((name) => {
    const [first] = choices.flatMap(({ properties = {} }) => properties[name] ?? [])
    const required = choices.every((choice) => choice.required?.includes(name))
    return isSchema(first) ? [{ path: `${prefix}${name}`, schema: joined(choices, name, first), required }] : []
  })
}

/** The schema of a field in a choice. A discriminator has the constants of all objects as its values. */
function joined(choices: readonly JsonSchema[], name: string, first: JsonSchema): JsonSchema {
  if (first.const === undefined) return first
  return { ...first, enum: choices.flatMap(({ properties = {} }) => constantOf(properties[name])) }
}

function constantOf(schema: JsonSchema | boolean | undefined): NonNullable<JsonSchema['enum']> {
  return isSchema(schema) && typeof schema.const === 'string' ? [schema.const] : []
}

/** The fields of an object, of each element of a list, and of each value of a map. */
function innerFields(schema: JsonSchema, path: string): Field[] {
  const below = (inner: JsonSchema, prefix: string) =>
    fieldsOf(inner, prefix).flatMap((field) => [field, ...innerFields(field.schema, field.path)])
  const { items, additionalProperties: values } = schema
  if (isSchema(items)) return below(items, `${path}[].`)
  return isSchema(values) ? below(values, `${path}.*.`) : below(schema, `${path}.`)
}

function typeOf(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title
  if (schema.enum !== undefined) return choiceOf(schema.enum)
  if (isSchema(schema.items)) return `${minOf(schema)}list: ${typeOf(schema.items)}`
  if (isTexts(schema.additionalProperties))
    return `object${namesOf(schema)}; values: ${typeOf(schema.additionalProperties)}`
  if (schema.type === 'integer') return `integer, ${schema.minimum} to ${schema.maximum}`
  return types[String(schema.format ?? schema.type)] ?? 'object'
}

/** Whether the values are strings, and not objects with fields. */
function isTexts(values: JsonSchema['additionalProperties']): values is JsonSchema {
  return isSchema(values) && values.type === 'string'
}

function choiceOf(values: NonNullable<JsonSchema['enum']>): string {
  if (values.length > 10) return `one of ${values.length} numbers in ${schemaFile}`
  return `one of ${values.map((value) => `\`${value}\``).join(', ')}`
}

function namesOf({ propertyNames }: JsonSchema): string {
  return isSchema(propertyNames) && propertyNames.title !== undefined ? `, names: ${propertyNames.title}` : ''
}

function minOf({ minItems = 0 }: JsonSchema): string {
  return minItems > 0 ? 'non-empty ' : ''
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  email: 'e-mail address',
  uri: 'URL',
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The reference of the settings, made from their JSON Schema. */
import { stringify } from 'yaml'
import type * as z from 'zod'
import { fenced } from './page.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** A field inside a setting. */
interface Field {
  /** `access.grants[].to`: `[]` stands for each element of a list, `*` for each name of the operator's choice. */
  readonly path: string
  readonly schema: JsonSchema
  readonly required: boolean
}

/** A section for each setting: what it means, its type, default and bounds, the fields inside it, and an example. */
export function settingsReference(schema: JsonSchema): string {
  return fieldsOf(schema, '').map(sectionOf).join('\n\n')
}

function sectionOf({ path, schema, required }: Field): string {
  const inner = innerFields(schema, path)
  return [
    `### \`${path}\``,
    schema.description ?? '',
    `${sentence(typeOf(schema))} ${required ? 'It is required.' : defaultOf(schema)}`,
    ...(inner.length > 0 ? [tableOf(inner)] : []),
    ...(schema.examples ?? []).map((example) => fenced('yaml', stringify({ [path]: example }))),
  ].join('\n\n')
}

function defaultOf({ default: value }: JsonSchema): string {
  if (value === undefined || isEmpty(value)) return 'It may be left out.'
  const text = JSON.stringify(value)
  return text.length < 80
    ? `Default: \`${text}\`.`
    : 'Default: the list in [`infra/settings/settings.schema.json`](../infra/settings/settings.schema.json).'
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).flat().length === 0
}

function tableOf(fields: readonly Field[]): string {
  return ['| field | type | default | meaning |', '|---|---|---|---|', ...fields.map(rowOf)].join('\n')
}

function rowOf({ path, schema, required }: Field): string {
  const { default: value, description = '' } = schema
  const otherwise = value === undefined || isEmpty(value) ? '' : `\`${JSON.stringify(value)}\``
  return `| \`${path}\` | ${typeOf(schema)} | ${required ? 'required' : otherwise} | ${description} |`
}

/** The fields of an object. Those of a choice of objects are joined: what not each of them requires is not required. */
function fieldsOf(schema: JsonSchema, prefix: string): Field[] {
  const choices = (schema.oneOf ?? schema.anyOf ?? [schema]).filter(isSchema)
  const names = [...new Set(choices.flatMap(({ properties = {} }) => Object.keys(properties)))]
  return names.flatMap((name) => {
    const [first] = choices.flatMap(({ properties = {} }) => properties[name] ?? [])
    const required = choices.every((choice) => choice.required?.includes(name))
    return isSchema(first) ? [{ path: `${prefix}${name}`, schema: joined(choices, name, first), required }] : []
  })
}

/** What tells the objects of a choice apart is one of several values. */
function joined(choices: readonly JsonSchema[], name: string, first: JsonSchema): JsonSchema {
  if (first.const === undefined) return first
  return { ...first, enum: choices.flatMap(({ properties = {} }) => constantOf(properties[name])) }
}

function constantOf(schema: JsonSchema | boolean | undefined): NonNullable<JsonSchema['enum']> {
  return isSchema(schema) && typeof schema.const === 'string' ? [schema.const] : []
}

/** Those of an object, of each element of a list, and of each value under a name. */
function innerFields(schema: JsonSchema, path: string): Field[] {
  const below = (inner: JsonSchema, prefix: string) =>
    fieldsOf(inner, prefix).flatMap((field) => [field, ...innerFields(field.schema, field.path)])
  const { items, additionalProperties: values } = schema
  if (isSchema(items)) return below(items, `${path}[].`)
  return isSchema(values) ? below(values, `${path}.*.`) : below(schema, `${path}.`)
}

function typeOf(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title
  if (schema.enum !== undefined) return `one of ${schema.enum.map((value) => `\`${value}\``).join(', ')}`
  if (isSchema(schema.items)) return `a list${sizeOf(schema)}, each: ${typeOf(schema.items)}`
  if (isTexts(schema.additionalProperties))
    return `an object${namesOf(schema)}; each value: ${typeOf(schema.additionalProperties)}`
  if (schema.type === 'integer') return `a whole number, ${schema.minimum} to ${schema.maximum}`
  return types[String(schema.format ?? schema.type)] ?? 'an object'
}

/** The values are texts, and no objects with fields of their own. */
function isTexts(values: JsonSchema['additionalProperties']): values is JsonSchema {
  return isSchema(values) && values.type === 'string'
}

function namesOf({ propertyNames }: JsonSchema): string {
  return isSchema(propertyNames) && propertyNames.title !== undefined ? `, each name: ${propertyNames.title}` : ''
}

function sizeOf({ minItems }: JsonSchema): string {
  return minItems === undefined ? '' : ` of at least ${minItems}`
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  email: 'an address of e-mail',
  uri: 'a URL',
}

function sentence(text: string): string {
  return `Type: ${text}.`
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

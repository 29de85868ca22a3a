import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import type * as z from 'zod'

type Schema = z.core.JSONSchema.BaseSchema
type AnySchema = z.core.JSONSchema._JSONSchema

/**
 * Small values that fit a JSON Schema, for property tests. It supports the keywords that the API's description uses.
 *
 * @param document holds what `$ref` refers to, as `#/...`
 */
export function valuesOf(schema: AnySchema, document: object): fc.Arbitrary<unknown> {
  const ajv = new Ajv2020({ strict: false })
  const choicesOf = (each: AnySchema): Schema[] => {
    if (each === true) return [{}]
    if (each === false || isNothing(each)) return []
    const { $ref, allOf = [], anyOf, oneOf, ...rest } = each
    const alternatives = anyOf ?? oneOf?.map((one) => alone(one, oneOf))
    const parts = [
      ...($ref === undefined ? [] : [choicesOf(referred($ref, document))]),
      [rest],
      ...allOf.map(choicesOf),
      ...(alternatives ? [alternatives.flatMap(choicesOf)] : []),
    ]
    const combined = parts.reduce((all, part) => all.flatMap((one) => part.map((other) => merged(one, other))))
    return combined.filter(isPossible)
  }
  /** Whether all required properties can exist. */
  const isPossible = ({ properties = {}, required = [] }: Schema): boolean =>
    required.every((name) => choicesOf(properties[name] ?? true).length > 0)
  const valueFor = (each: AnySchema): fc.Arbitrary<unknown> => {
    const values = fc.oneof(...choicesOf(each).map(plainValue))
    if (typeof each === 'boolean' || each.not === undefined) return values
    const refused = each.not
    return values.filter((value) => !ajv.validate(refused, value))
  }
  const plainValue = (each: Schema): fc.Arbitrary<unknown> => {
    if (each.const !== undefined) return fc.constant(each.const)
    if (each.enum) return fc.constantFrom(...each.enum)
    if (each.type === 'object') return objects(each)
    if (each.type === 'array') return lists(each)
    return scalarsOf(each)
  }
  const lists = ({ items = true, minItems = 0, maxItems = 2 }: Schema) =>
    fc.array(valueFor(Array.isArray(items) ? true : items), { minLength: minItems, maxLength: Math.min(maxItems, 2) })
  const objects = ({ properties = {}, required = [], additionalProperties = false, propertyNames = true }: Schema) => {
    const possible = Object.entries(properties).filter(([, property]) => choicesOf(property).length > 0)
    const named = fc.record(Object.fromEntries(possible.map(([name, property]) => [name, valueFor(property)])), {
      requiredKeys: required,
      noNullPrototype: true,
    })
    if (additionalProperties === false) return named
    const names = valueFor({ type: 'string', allOf: [keywordsOf(propertyNames)] }).map(String)
    const others = fc.dictionary(names, valueFor(additionalProperties), { maxKeys: 2, noNullPrototype: true })
    return fc.tuple(others, named).map(([some, more]) => ({ ...some, ...more }))
  }
  return valueFor(schema)
}

function scalarsOf(schema: Schema): fc.Arbitrary<unknown> {
  const { type, pattern, minLength = 0, maxLength = 20, minimum = 0, maximum = 1000 } = schema
  if (type === 'boolean') return fc.boolean()
  if (type === 'integer' || type === 'number') return fc.integer({ min: minimum, max: maximum })
  if (type !== 'string') return fc.constant('any value')
  if (pattern === undefined) return fc.string({ minLength, maxLength: Math.min(maxLength, 20) })
  return fc
    .stringMatching(new RegExp(pattern))
    .filter(({ length }) => schema.maxLength === undefined || length <= maxLength)
}

/** One of several alternatives, without the properties that the others require. */
function alone(one: Schema, all: readonly Schema[]): Schema {
  const others = all.filter((other) => other !== one).flatMap(({ required = [] }) => required)
  return { allOf: [keywordsOf(one)], properties: Object.fromEntries(others.map((name) => [name, false])) }
}

/** Both schemas at once. For keywords that both have, the other one is narrower. */
function merged(one: Schema, other: Schema): Schema {
  const properties: Record<string, AnySchema> = { ...one.properties }
  for (const [name, property] of Object.entries(other.properties ?? {})) {
    properties[name] =
      name in properties ? { allOf: [keywordsOf(properties[name] ?? true), keywordsOf(property)] } : property
  }
  return {
    ...one,
    ...other,
    properties,
    required: [...(one.required ?? []), ...(other.required ?? [])],
  }
}

function keywordsOf(schema: AnySchema): z.core.JSONSchema.JSONSchema {
  if (typeof schema === 'object') return { ...schema }
  return schema ? {} : { not: {} }
}

/** Whether a schema allows no value, in the form that zod writes. */
function isNothing({ not }: Schema): boolean {
  return typeof not === 'object' && Object.keys(not).length === 0
}

function referred(reference: string, document: object): Schema {
  const path = reference.replace('#/', '').split('/')
  const observed = path.reduce<unknown>((value, key) => Object(value)[key], document)
  if (typeof observed !== 'object' || observed === null) throw new Error(`nothing at ${reference}`)
  return { ...observed }
}

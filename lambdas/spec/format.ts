import * as z from 'zod/mini'
import { quoted } from './issue.ts'

/** How a text must look. */
export interface Format {
  /** What such a text is called, with its article: `a DNS-1123 label`. */
  readonly name: string
  /** Without looking ahead or back, which many readers of JSON Schema cannot. */
  readonly pattern: RegExp
  /** Where the pattern does not say it. */
  readonly maxLength?: number
  /** What to write instead, as the end of a sentence that starts with "use". */
  readonly use: string
}

/** Why a text does not have a format. */
export function notOfFormat(value: unknown, format: Format): string {
  return `${quoted(value)} is not ${format.name}: use ${format.use}`
}

/**
 * Keywords of JSON Schema for what zod does not check but a rule does, whose message says more: readers of the API's
 * description and generators of requests go by them. Where zod has the same keyword, these stand.
 */
export type Keywords = Readonly<z.core.JSONSchema.BaseSchema>

/**
 * Keywords that say that an object is as one of these. Inside of `allOf`, because makers of clients take `anyOf` beside
 * `properties` for another choice than these.
 */
export function oneOfThese(...choices: readonly Keywords[]): Keywords {
  return { allOf: [{ anyOf: [...choices] }] }
}

/** An object with these fields and no others. */
export function objectOf<Fields extends z.core.$ZodLooseShape>(
  description: string,
  fields: Fields,
  keywords: Keywords = {},
) {
  return described(description, z.strictObject(fields), keywords)
}

/**
 * A list of such elements. The limits are for the reader of the JSON Schema: a rule checks them, so that the elements of a
 * list with too many are looked at all the same.
 */
export function listOf<Element extends z.core.$ZodType>(
  description: string,
  element: Element,
  limits: { minItems?: number; maxItems?: number } = {},
) {
  const list = z.array(element)
  z.globalRegistry.add(list, { description, ...limits })
  return list
}

/** The same schema, with its description in JSON Schema, in the table of fields and in messages. */
export function described<Schema extends z.core.$ZodType>(
  description: string,
  schema: Schema,
  keywords: Keywords = {},
): Schema {
  z.globalRegistry.add(schema, { ...keywords, description })
  return schema
}

/** A field that holds a text of the given format. */
export function textOf(format: Format, description: string, keywords: Keywords = {}) {
  const error = (issue: { input?: unknown }) => notOfFormat(issue.input, format)
  const { pattern, maxLength } = format
  const text = z.string().check(z.regex(pattern, { error, abort: true }))
  if (maxLength === undefined) return described(description, text, keywords)
  return described(description, text.check(z.maxLength(maxLength, { error })), keywords)
}

/** A field that holds a text which a rule checks: the pattern is for JSON Schema alone. */
export function checkedText(description: string, pattern: string, keywords: Keywords = {}) {
  return described(description, z.string(), { ...keywords, pattern })
}

/** The pattern of a regular expression for JSON Schema: not all languages spell the names of groups the same way. */
export function patternOf({ source }: RegExp): string {
  return source.replaceAll(/\?<\w+>/g, '')
}

/** A field that holds any text that is not empty. */
export function anyText(description: string) {
  return z
    .string()
    .check(
      z.minLength(1, { error: 'is empty: give a value or leave the field out' }),
      z.maxLength(1024, { error: (issue) => `is ${quoted(issue.input)}: use at most 1,024 characters` }),
      z.describe(description),
    )
}

/** A field that holds a whole number from `minimum` to `maximum`, both included. */
export function wholeNumber(minimum: number, maximum: number, description: string) {
  const error = (issue: { input?: unknown }) => `is ${issue.input}: use a whole number from ${minimum} to ${maximum}`
  return z
    .number()
    .check(
      z.int({ error, abort: true }),
      z.minimum(minimum, { error }),
      z.maximum(maximum, { error }),
      z.describe(description),
    )
}

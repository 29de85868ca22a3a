import * as z from 'zod/mini'
import { quoted } from './issue.ts'

/** The form that a text must have. */
export interface Format {
  /** The name of the form, with its article: `a DNS-1123 label`. */
  readonly name: string
  /** Without lookahead and lookbehind: many readers of JSON Schema do not support them. */
  readonly pattern: RegExp
  /** Only when the pattern does not limit the length. */
  readonly maxLength?: number
  /** What to write instead: the end of a sentence that starts with "use". */
  readonly use: string
}

/** The message for a text that does not match the format. */
export function notOfFormat(value: unknown, format: Format): string {
  return `${quoted(value)} is not ${format.name}: use ${format.use}`
}

/**
 * JSON Schema keywords for constraints that a rule checks and zod does not; the rule's message says more. Readers of
 * the API's description and generators of requests use these keywords. They replace zod's own value of the same
 * keyword.
 */
export type Keywords = Readonly<z.core.JSONSchema.BaseSchema>

/**
 * Keywords that require an object to match one of these choices. The `anyOf` is inside `allOf`, because client
 * generators read `anyOf` beside `properties` as a different choice.
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
 * A list of these elements. The limits are for the reader of the JSON Schema alone. A rule checks them, so that the
 * elements of a list that is too long are validated all the same.
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

/** The same schema. JSON Schema, the table of fields and messages show its description. */
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

/** A field that holds a text. A rule checks the text; the pattern is for JSON Schema alone. */
export function checkedText(description: string, pattern: string, keywords: Keywords = {}) {
  return described(description, z.string(), { ...keywords, pattern })
}

/**
 * The pattern of a regular expression for JSON Schema. Named groups become plain groups, because languages spell the
 * names of groups differently.
 */
export function patternOf({ source }: RegExp): string {
  return source.replaceAll(/\?<\w+>/g, '')
}

/** A field that holds any text except the empty one, of at most 1,024 characters. */
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

import * as z from 'zod/mini'
import { quoted } from './issue.ts'

export interface Format {
  /** The name of the format, with its article: `a DNS-1123 label`. */
  readonly name: string
  /** The pattern has no lookahead or lookbehind, which many JSON Schema implementations do not support. */
  readonly pattern: RegExp
  /** Present only when the pattern does not limit the length. */
  readonly maxLength?: number
  /** The valid alternative: the end of a sentence that starts with "use". */
  readonly use: string
}

function notOfFormat(value: unknown, format: Format): string {
  return `${quoted(value)} is not ${format.name}: use ${format.use}`
}

/**
 * JSON Schema keywords for constraints that a rule checks and zod does not; the rule's message is more specific.
 * Readers of the API's description and request generators use them. They replace zod's own value of the same keyword.
 */
export type Keywords = Readonly<z.core.JSONSchema.BaseSchema>

/**
 * Keywords that require an object to match one of these choices. The `anyOf` is inside `allOf`, because client
 * generators interpret `anyOf` beside `properties` differently.
 */
export function oneOfThese(...choices: readonly Keywords[]): Keywords {
  return { allOf: [{ anyOf: [...choices] }] }
}

export function objectOf<Fields extends z.core.$ZodLooseShape>(
  description: string,
  fields: Fields,
  keywords: Keywords = {},
) {
  return described(description, z.strictObject(fields), keywords)
}

/**
 * A list of these elements. The limits are only for JSON Schema. A rule checks them, so that the elements of a list
 * that is too long are also validated.
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

/** The same schema, with a description for JSON Schema, the table of fields and messages. */
export function described<Schema extends z.core.$ZodType>(
  description: string,
  schema: Schema,
  keywords: Keywords = {},
): Schema {
  z.globalRegistry.add(schema, { ...keywords, description })
  return schema
}

export function textOf(format: Format, description: string, keywords: Keywords = {}) {
  const error = (issue: { input?: unknown }) => notOfFormat(issue.input, format)
  const { pattern, maxLength } = format
  const text = z.string().check(z.regex(pattern, { error, abort: true }))
  if (maxLength === undefined) return described(description, text, keywords)
  return described(description, text.check(z.maxLength(maxLength, { error })), keywords)
}

/** A text field. A rule checks the text; the pattern is only for JSON Schema. */
export function checkedText(description: string, pattern: string, keywords: Keywords = {}) {
  return described(description, z.string(), { ...keywords, pattern })
}

/** The JSON Schema pattern of a regular expression. Named groups become plain groups, whose syntax is portable. */
export function patternOf({ source }: RegExp): string {
  return source.replaceAll(/\?<\w+>/g, '')
}

/** A field for any non-empty text of at most 1,024 characters. */
export function anyText(description: string) {
  return z
    .string()
    .check(
      z.minLength(1, { error: 'is empty: give a value or leave the field out' }),
      z.maxLength(1024, { error: (issue) => `is ${quoted(issue.input)}: use at most 1,024 characters` }),
      z.describe(description),
    )
}

/** A field for an integer from `minimum` to `maximum`, both included. */
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

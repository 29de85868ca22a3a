import * as z from 'zod/mini'
import { quoted } from './issue.ts'

/** How a text must look. */
export interface Format {
  /** What such a text is called, with its article: `a DNS-1123 label`. */
  readonly name: string
  readonly pattern: RegExp
  /** What to write instead, as the end of a sentence that starts with "use". */
  readonly use: string
}

/** Why a text does not have a format. */
export function notOfFormat(value: unknown, format: Format): string {
  return `${quoted(value)} is not ${format.name}: use ${format.use}`
}

/** An object with these fields and no others. */
export function objectOf<Fields extends z.core.$ZodLooseShape>(description: string, fields: Fields) {
  return described(description, z.strictObject(fields))
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
export function described<Schema extends z.core.$ZodType>(description: string, schema: Schema): Schema {
  z.globalRegistry.add(schema, { description })
  return schema
}

/** A field that holds a text of the given format. */
export function textOf(format: Format, description: string) {
  return z
    .string()
    .check(z.regex(format.pattern, { error: (issue) => notOfFormat(issue.input, format) }), z.describe(description))
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

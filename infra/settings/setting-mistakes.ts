/** Describes what is wrong with settings, and what to do, in one line for each mistake. */
import * as z from 'zod'

export interface SettingMistake {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** The settings are not usable. The message says what is wrong, where, and what to do. */
export class WrongSettings extends Error {}

/**
 * The parse options for a schema of settings. The schema has the messages about the form of a text. `messageOf` makes
 * the messages about mistakes that any setting can have.
 */
export const forSettings = { error: messageOf } as const

/** The mistakes of the settings. Each unknown setting is a separate mistake. */
export function mistakesOf({ issues }: z.ZodError): readonly SettingMistake[] {
  return issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? unknownSettings(issue) : [issue]))
}

/** The line of a mistake: the path of the setting, and what is wrong with it. */
export function lineOf({ path, message }: SettingMistake): string {
  return `  ${path.join('.')}: ${message}`
}

function unknownSettings({ keys, path, message }: z.core.$ZodIssueUnrecognizedKeys): SettingMistake[] {
  return keys.map((key) => ({ path: [...path, key], message }))
}

/** The message of a mistake. When it is undefined, zod writes the message. */
function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return wrongType(issue.expected, issue.input)
  if (issue.code === 'unrecognized_keys') return `is not a setting: use ${namesIn(issue.inst)}`
  if (issue.code === 'too_small') return `is below the minimum: use ${issue.minimum} or more${ofWhat(issue.origin)}`
  if (issue.code === 'too_big') return `is above the maximum: use ${issue.maximum} or less${ofWhat(issue.origin)}`
  if (issue.code === 'invalid_value') return `is not one of its values: use ${issue.values.join(' or ')}`
  if (issue.code === 'invalid_key') return issue.issues[0]?.message
  if (issue.code === 'invalid_union') return unionMistake(issue)
  return undefined
}

/** A union without a discriminator lists its own options. */
function unionMistake({ options }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string | undefined {
  return Array.isArray(options) ? `is not one of its values: use ${options.join(' or ')}` : undefined
}

function wrongType(expected: string, input: unknown): string {
  const type = types[expected] ?? expected
  if (input === undefined) return `is missing: give it ${type}`
  if (input === null) return `is empty: give it ${type}, or remove it`
  // YAML parses an account ID as a number.
  if (expected === 'string' && typeof input !== 'object') return `is ${input}, not a text: put it in quotes`
  return `is not ${type}: correct it`
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
}

function ofWhat(origin: string): string {
  if (origin === 'array') return ' elements'
  return origin === 'string' ? ' characters' : ''
}

function namesIn(schema: unknown): string {
  return schema instanceof z.core.$ZodObject ? Object.keys(schema._zod.def.shape).join(', ') : 'another'
}

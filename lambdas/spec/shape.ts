import { closest, distance } from 'fastest-levenshtein'
import * as z from 'zod/mini'
import { type FieldPath, issueAt, kindOf, quoted, type ValidationIssue } from './issue.ts'

/** The message of an issue whose schema has no message. */
const unexplained = 'Invalid input'

/**
 * The options of a parse for `shapeIssues`. Otherwise `zod`, if used beside `zod/mini`, would add its own messages:
 * https://zod.dev/error-customization (error precedence).
 */
export const forShapeIssues = { reportInput: true, error: () => unexplained } as const

/**
 * One validation issue, with a message in English, for each issue of zod and for each unknown field.
 *
 * @param issues of a parse with `forShapeIssues`
 * @param placed returns the path in the request for a path in the validated value
 */
export function shapeIssues(
  issues: readonly z.core.$ZodIssue[],
  schema: z.core.$ZodType,
  placed: (path: FieldPath) => FieldPath = (path) => path,
): ValidationIssue[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) =>
          issueAt(placed([...issue.path, key]), unknownField(key, schemaAt(schema, issue.path), schema)),
        )
      : [issueAt(placed(issue.path), messageOf(issue, schema))],
  )
}

/**
 * A copy of a body without the fields that zod rejects, so that the rules can check all other fields. In a list an
 * empty value replaces a removed element, so that later elements keep their positions.
 */
export function withoutInvalid(body: unknown, issues: readonly z.core.$ZodIssue[], schema: z.core.$ZodType): unknown {
  const copy: unknown = structuredClone(body)
  for (const path of issues.flatMap(faultyPaths)) remove(copy, path, schema)
  return copy
}

/** The known name that is most similar to `name`; undefined when none is similar. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  // Of names that differ in case only, the first one has priority: a Map stores the last entry, so reverse the list.
  const folded = new Map(known.toReversed().map((candidate) => [candidate.toLowerCase(), candidate]))
  const match = closest(name.toLowerCase(), [...folded.keys()])
  const farthest = Math.max(2, Math.floor(name.length / 3))
  return distance(name.toLowerCase(), match) <= farthest ? folded.get(match) : undefined
}

function faultyPaths(issue: z.core.$ZodIssue): FieldPath[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
}

function remove(root: unknown, path: FieldPath, schema: z.core.$ZodType): void {
  const holder = path.slice(0, -1).reduce<unknown>(valueAt, root)
  const key = path.at(-1)
  if (key === undefined || typeof holder !== 'object' || holder === null) return
  if (Array.isArray(holder)) Reflect.set(holder, key, schemaAt(schema, path) instanceof z.ZodMiniString ? '' : {})
  else Reflect.deleteProperty(holder, key)
}

function valueAt(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function unknownField(name: string, owner: z.core.$ZodType | undefined, root: z.core.$ZodType): string {
  const known = fieldsOf(owner)
  const meant = nearest(name, known) ?? longerName(name, known) ?? samePlacedElsewhere(name, root)
  const advice = meant === undefined ? 'remove it' : `did you mean "${meant}"?`
  return `is not a known field; known here are ${known.join(', ')}: ${advice}`
}

/** The known name that begins with `name`: `issuerUrl` for `issuer`. */
function longerName(name: string, known: readonly string[]): string | undefined {
  if (name.length < 3) return undefined
  return known.find((candidate) => candidate.toLowerCase().startsWith(name.toLowerCase()))
}

/** The path of the first field of this name in another part of the request: `webhook.image` for `image`. */
function samePlacedElsewhere(name: string, root: z.core.$ZodType): string | undefined {
  const paths = pathsIn(root, '')
  return paths.find((path) => path.split('.').at(-1)?.toLowerCase() === name.toLowerCase())
}

/** The path of each field of a schema, outer fields first: `cluster.name`, `workloads[].role`. */
function pathsIn(schema: z.core.$ZodType | undefined, prefix: string): string[] {
  const bare = unwrapped(schema)
  if (bare instanceof z.ZodMiniArray) return pathsIn(bare.def.element, `${prefix}[]`)
  const fields = fieldsOf(bare).map((name) => ({ name, path: prefix === '' ? name : `${prefix}.${name}` }))
  return [
    ...fields.map(({ path }) => path),
    ...fields.flatMap(({ name, path }) => pathsIn(schemaAt(bare, [name]), path)),
  ]
}

function messageOf(issue: z.core.$ZodIssue, schema: z.core.$ZodType): string {
  if (issue.code !== 'invalid_type' && issue.code !== 'invalid_value') return issue.message
  if (issue.input === undefined) return `is missing: ${needed(issue, schema)}`
  if (issue.code === 'invalid_value') {
    return notAChoice(issue.input, issue.values.map(String), descriptionOf(schemaAt(schema, issue.path)))
  }
  if (issue.message !== unexplained) return issue.message
  return `is ${kindOf(issue.input)}: ${needed(issue, schema)}`
}

function needed(issue: z.core.$ZodIssueInvalidType | z.core.$ZodIssueInvalidValue, schema: z.core.$ZodType): string {
  const description = descriptionOf(schemaAt(schema, issue.path))
  const explained = description === undefined ? '' : ` (${description})`
  if (issue.code === 'invalid_value') return `give one of ${issue.values.join(', ')}${explained}`
  return `give ${typeNames[issue.expected] ?? `a value of type ${issue.expected}`}${explained}`
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function notAChoice(input: unknown, choices: readonly string[], description: string | undefined): string {
  const meant = typeof input === 'string' ? nearest(input, choices) : undefined
  const advice = meant === undefined ? '' : `; did you mean "${meant}"?`
  const explained = description === undefined ? '' : ` (${description})`
  return `${quoted(input)} is not a choice: use one of ${choices.join(', ')}${explained}${advice}`
}

function descriptionOf(schema: z.core.$ZodType | undefined): string | undefined {
  return schema === undefined ? undefined : z.globalRegistry.get(schema)?.description
}

function fieldsOf(schema: z.core.$ZodType | undefined): string[] {
  if (!(schema instanceof z.ZodMiniObject)) return []
  return Object.entries(schema.shape).flatMap(([name, field]) =>
    unwrapped(field) instanceof z.ZodMiniNever ? [] : [name],
  )
}

/** The schema of the field at a path, without its optional and default wrappers. */
function schemaAt(schema: z.core.$ZodType | undefined, path: FieldPath): z.core.$ZodType | undefined {
  const bare = unwrapped(schema)
  const [key, ...rest] = path
  if (key === undefined || bare === undefined) return bare
  return schemaAt(innerSchema(bare, key), rest)
}

function innerSchema(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodMiniObject) return schema.shape[String(key)]
  if (schema instanceof z.ZodMiniArray) return schema.def.element
  if (schema instanceof z.ZodMiniRecord) return schema.def.valueType
  return undefined
}

function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodMiniPipe) return unwrapped(schema.def.out)
  return isWrapper(schema) ? unwrapped(schema.def.innerType) : schema
}

type Wrapper = z.ZodMiniOptional | z.ZodMiniExactOptional | z.ZodMiniDefault | z.ZodMiniPrefault

function isWrapper(schema: z.core.$ZodType | undefined): schema is Wrapper {
  return (
    schema instanceof z.ZodMiniOptional ||
    schema instanceof z.ZodMiniExactOptional ||
    schema instanceof z.ZodMiniDefault ||
    schema instanceof z.ZodMiniPrefault
  )
}

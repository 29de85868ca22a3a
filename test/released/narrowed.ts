/** Compares two JSON Schemas of what users write: requests, settings, command lines. */
import { isDeepStrictEqual } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as z from 'zod'
import { changedValues } from './changed.ts'

const schema = z.union([z.boolean(), z.record(z.string(), z.unknown())])
const schemas = z.array(z.unknown()).default([])
const named = z.record(z.string(), z.unknown()).default({})
const names = z.array(z.string()).default([])
const typeNames = z.union([z.string().transform((name) => [name]), z.array(z.string())]).optional()

type Keywords = Readonly<Record<string, unknown>>

/** One object of the published schema, and what the present schema has in its place. */
interface Compared {
  readonly before: Keywords
  readonly now: Keywords
  readonly path: string
}

/** Keywords that accept and refuse nothing. */
const annotations = ['$schema', '$id', '$comment', 'title', 'description', 'examples', 'default']

const lowest = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties', 'minContains']
const highest = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']

const rules = [acceptedTypes, limits, required, fields, entries, alternatives, conditions, others, defaults]

/** Keywords that a rule compares. Any other difference counts as narrower. */
const compared = [
  ...annotations,
  ...lowest,
  ...highest,
  ...[
    'type',
    'required',
    'properties',
    'additionalProperties',
    'propertyNames',
    'items',
    'anyOf',
    'oneOf',
    'allOf',
    'not',
  ],
]

const ajv = new Ajv2020({ strict: false })

/**
 * What the present schema refuses or understands differently although the published schema accepts it: a line for each
 * reason, with the path of the field. Some differences that it reports refuse nothing, such as a wider pattern.
 */
export function narrowed(published: unknown, present: unknown, path = ''): string[] {
  // Most parts are equal.
  if (isDeepStrictEqual(published, present)) return []
  const [before, now] = [schema.parse(published), schema.parse(present)]
  if (before === false || now === true) return []
  if (now === false) return [line(path, 'is not accepted any more')]
  const one: Compared = { before: before === true ? {} : before, now, path }
  const values = listedValues(one.before)
  if (values === undefined) return rules.flatMap((rule) => rule(one))
  const refused = values.filter((value) => !ajv.validate(now, value))
  return [...refused.map((value) => line(path, `does not accept ${JSON.stringify(value)} any more`)), ...defaults(one)]
}

function line(path: string, what: string): string {
  return `${path || 'the whole'} ${what}`
}

function listedValues({ const: only, enum: all }: Keywords): readonly unknown[] | undefined {
  return only === undefined ? z.array(z.unknown()).optional().parse(all) : [only]
}

function acceptedTypes({ before, now, path }: Compared): string[] {
  const [old, present] = [typeNames.parse(before.type), typeNames.parse(now.type)]
  if (present === undefined) return []
  if (old === undefined) return [line(path, `accepts only ${present.join(', ')} now`)]
  const isAccepted = (type: string) => present.includes(type) || (type === 'integer' && present.includes('number'))
  return old.filter((type) => !isAccepted(type)).map((type) => line(path, `does not accept the type ${type} any more`))
}

function limits({ before, now, path }: Compared): string[] {
  const numbers = (keyword: string) =>
    z.tuple([z.number().optional(), z.number().optional()]).parse([before[keyword], now[keyword]])
  const raised = lowest.filter((keyword) => {
    const [old = Number.NEGATIVE_INFINITY, present = Number.NEGATIVE_INFINITY] = numbers(keyword)
    return present > old
  })
  const lowered = highest.filter((keyword) => {
    const [old = Number.POSITIVE_INFINITY, present = Number.POSITIVE_INFINITY] = numbers(keyword)
    return present < old
  })
  return [...raised, ...lowered].map((keyword) => line(path, `has a narrower ${keyword}: ${now[keyword]}`))
}

function required({ before, now, path }: Compared): string[] {
  const old = names.parse(before.required)
  const added = names.parse(now.required).filter((name) => !old.includes(name))
  return added.map((name) => line(below(path, name), 'is required now'))
}

function fields({ before, now, path }: Compared): string[] {
  const [old, present] = [named.parse(before.properties), named.parse(now.properties)]
  const { additionalProperties: oldRest = true } = before
  const { additionalProperties: rest = true } = now
  return [
    ...Object.entries(old).flatMap(([name, field]) => narrowed(field, present[name] ?? rest, below(path, name))),
    ...Object.entries(present).flatMap(([name, field]) =>
      Object.hasOwn(old, name) ? [] : narrowed(oldRest, field, below(path, name)),
    ),
    ...narrowed(oldRest, rest, below(path, '*')),
  ]
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function entries({ before, now, path }: Compared): string[] {
  return [
    ...narrowed(before.items ?? true, now.items ?? true, `${path}[]`),
    ...narrowed(before.propertyNames ?? true, now.propertyNames ?? true, below(path, '(names)')),
  ]
}

/** Each published alternative is accepted by one of the present. zod writes oneOf only for alternatives that exclude each other. */
function alternatives({ before, now, path }: Compared): string[] {
  return ['anyOf', 'oneOf'].flatMap((keyword) => {
    const present = schemas.parse(now[keyword])
    if (present.length === 0) return []
    const old = schemas.parse(before[keyword])
    return (old.length > 0 ? old : [before]).flatMap((each, index) => {
      const reasons = present.map((alternative) => narrowed(each, alternative, path))
      return reasons.some((some) => some.length === 0) ? [] : (reasons[index] ?? reasons.flat())
    })
  })
}

/** Each present condition follows from a published one. */
function conditions({ before, now, path }: Compared): string[] {
  const old = schemas.parse(before.allOf)
  const unmet = schemas.parse(now.allOf).flatMap((condition, index) => {
    const isMet = [before, ...old].some((each) => narrowed(each, condition, path).length === 0)
    return isMet ? [] : narrowed(old[index] ?? before, condition, path)
  })
  // What may not be: the present schema forbids only what the published one forbids.
  const isForbidden = narrowed(now.not ?? false, before.not ?? false).length > 0
  return isForbidden ? [...unmet, line(path, 'has another "not"')] : unmet
}

function others({ before, now, path }: Compared): string[] {
  return Object.entries(now)
    .filter(([keyword, value]) => !compared.includes(keyword) && !isDeepStrictEqual(value, before[keyword]))
    .map(([keyword]) => line(path, `has another ${keyword}`))
}

/** A file without the field has the same result. A default may get more fields. */
function defaults({ before, now, path }: Compared): string[] {
  if (before.default === undefined) return []
  return changedValues(before.default, now.default).map(() =>
    line(path, `has another default: ${JSON.stringify(now.default) ?? 'none'}`),
  )
}

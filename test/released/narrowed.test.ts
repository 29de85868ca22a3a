import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { asJson, presentSchemas } from './descriptions.ts'
import { narrowed } from './narrowed.ts'

const text = { type: 'string' }
const object = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
})

describe('accepts less', () => {
  test.each<[what: string, published: object, present: object, report: string]>([
    ['without a field', object({ a: text }), object({}), 'a is not accepted any more'],
    [
      'without a field of entries',
      { items: object({ a: text }) },
      { items: object({}) },
      '[].a is not accepted any more',
    ],
    ['with a new required field', object({}), object({ a: text }, { required: ['a'] }), 'a is required now'],
    [
      'with a required field that was optional',
      object({ a: text }),
      object({ a: text }, { required: ['a'] }),
      'a is required now',
    ],
    ['without a type', { type: ['string', 'null'] }, text, 'the whole does not accept the type null any more'],
    ['with a type', {}, text, 'the whole accepts only string now'],
    [
      'with integers for numbers',
      { type: 'number' },
      { type: 'integer' },
      'the whole does not accept the type number any more',
    ],
    ['without a value', { enum: ['a', 'b'] }, { enum: ['a'] }, 'the whole does not accept "b" any more'],
    ['with a choice for a text', text, { ...text, enum: ['a'] }, 'the whole has another enum'],
    ['with a higher minimum', { minimum: 1 }, { minimum: 2 }, 'the whole has a narrower minimum: 2'],
    ['with a new maximum', {}, { maxLength: 9 }, 'the whole has a narrower maxLength: 9'],
    ['with another pattern', { pattern: '^a' }, { pattern: '^b' }, 'the whole has another pattern'],
    ['with an unknown keyword', {}, { contains: text }, 'the whole has another contains'],
    ['without further fields', { type: 'object' }, object({}), '* is not accepted any more'],
    [
      'with rules for the names of fields',
      {},
      { propertyNames: { maxLength: 9 } },
      '(names) has a narrower maxLength: 9',
    ],
    [
      'without an alternative',
      { anyOf: [text, { type: 'null' }] },
      { anyOf: [text] },
      'the whole does not accept the type null any more',
    ],
    [
      'with a new condition',
      object({ a: text }),
      object({ a: text }, { allOf: [{ required: ['a'] }] }),
      'a is required now',
    ],
    ['with a new exception', {}, { not: { required: ['a'] } }, 'the whole has another "not"'],
    ['with another default', { default: 1 }, { default: 2 }, 'the whole has another default: 2'],
    ['without a default', { enum: ['a'], default: 'a' }, { enum: ['a'] }, 'the whole has another default: none'],
  ])('%s', (_, published, present, report) => {
    expect(narrowed(published, present)).toContain(report)
  })
})

describe('accepts as much', () => {
  test.each<[what: string, published: object, present: object]>([
    ['with another description', { ...text, description: 'a' }, { ...text, description: 'b' }],
    ['with a new optional field', object({}), object({ a: text })],
    ['with an optional field that was required', object({ a: text }, { required: ['a'] }), object({ a: text })],
    ['with numbers for integers', { type: 'integer' }, { type: 'number' }],
    ['with a new value', { enum: ['a'] }, { enum: ['a', 'b'] }],
    ['with texts for a choice', { const: 'a' }, text],
    ['with lower limits', { minimum: 2, maxLength: 3 }, { minimum: 1, maxLength: 4 }],
    ['without a limit', { ...text, pattern: '^a', maxLength: 3 }, text],
    ['with an alternative to a text', text, { anyOf: [object({ a: text }), text] }],
    ['with a new alternative', { oneOf: [text] }, { oneOf: [{ type: 'null' }, text] }],
    ['without a condition', { allOf: [{ required: ['a'] }] }, {}],
    ['with a condition that a required field meets', { required: ['a'] }, { allOf: [{ required: ['a'] }] }],
    ['with a smaller exception', { not: { type: 'string' } }, { not: { type: 'string', maxLength: 3 } }],
    ['with a new field in a default', { default: { a: 1 } }, { default: { a: 1, b: 2 } }],
  ])('%s', (_, published, present) => {
    expect(narrowed(published, present)).toEqual([])
  })
})

describe.each(Object.entries(presentSchemas))('the present %s', (_, schemaOf) => {
  const present = asJson(schemaOf())

  test('accepts as much as itself', () => {
    expect(narrowed(present, present)).toEqual([])
  })

  // A sample: all take seconds.
  test('accepts less without one of its fields', () => {
    const paths = fieldPaths(present).filter((_, index) => index % 6 === 0)
    expect(paths.length).toBeGreaterThan(10)
    for (const path of paths) expect(narrowed(present, without(present, path)), path.join('.')).not.toEqual([])
  })
})

const schema = z.record(z.string(), z.unknown())

/** The paths of all fields of closed objects. */
function fieldPaths(value: unknown, path: readonly string[] = []): string[][] {
  const { data } = schema.safeParse(value)
  if (data === undefined) return []
  const fields = data.additionalProperties === false ? Object.keys(schema.parse(data.properties ?? {})) : []
  return [
    ...fields.map((name) => [...path, 'properties', name]),
    ...Object.entries(data).flatMap(([key, each]) => fieldPaths(each, [...path, key])),
  ]
}

function without(value: unknown, path: readonly string[]): unknown {
  const copy = structuredClone(value)
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => schema.parse(at)[key], copy)
  Reflect.deleteProperty(Object(parent), path.at(-1) ?? '')
  return copy
}

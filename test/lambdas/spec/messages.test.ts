import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { issueAt, isWithin, quoted } from '../../../lambdas/spec/issue.ts'
import { forShapeIssues, nearest, shapeIssues, withoutInvalid } from '../../../lambdas/spec/shape.ts'

const colour = z.enum(['red', 'green'])
const schema = z.strictObject({
  query: z.optional(z.string()),
  issuerUrl: z.optional(z.string()),
  authentication: z.optional(z.strictObject({ secretName: z.optional(z.string()) })),
  colour: z.optional(colour),
  paint: z.optional(z.enum(['red', 'green']).check(z.describe('Of the door'))),
  gone: z.optional(z.never()),
  sizes: z.optional(z.record(z.string(), z.number().check(z.describe('In metres')))),
  names: z.optional(z.array(z.string().check(z.describe('Of a person')))),
  parts: z.optional(z.array(z.strictObject({ kind: z.string() }))),
})

function messagesFor(body: unknown): string[] {
  const { error } = schema.safeParse(body, forShapeIssues)
  return shapeIssues(error?.issues ?? [], schema).map(({ path, message }) => `${path} ${message}`)
}

const known = 'known here are query, issuerUrl, authentication, colour, paint, sizes, names, parts'

describe('the message for an invalid value', () => {
  test.each([
    [{ q: 1 }, `q is not a known field; ${known}: remove it`],
    [{ iss: 1 }, `iss is not a known field; ${known}: did you mean "issuerUrl"?`],
    [{ authentifications: 1 }, `authentifications is not a known field; ${known}: did you mean "authentication"?`],
    [{ secretname: 1 }, `secretname is not a known field; ${known}: did you mean "authentication.secretName"?`],
    [{ kind: 1 }, `kind is not a known field; ${known}: did you mean "parts[].kind"?`],
    [{ query: 1 }, 'query is a number: give a text'],
    [{ colour: 'reed' }, 'colour "reed" is not a choice: use one of red, green; did you mean "red"?'],
    [{ colour: 'blue-black' }, 'colour "blue-black" is not a choice: use one of red, green'],
    [{ paint: 'blue-black' }, 'paint "blue-black" is not a choice: use one of red, green (Of the door)'],
    [{ sizes: { a: 'b' } }, 'sizes.a is a text: give a number (In metres)'],
    [{ names: ['a', 1] }, 'names[1] is a number: give a text (Of a person)'],
    [{ parts: [{}] }, 'parts[0].kind is missing: give a text'],
  ])('%j: %s', (body, message) => {
    expect(messagesFor(body)).toEqual([message])
  })

  test('of names that differ only in case the first is suggested, and of no names none', () => {
    expect(nearest('ARN', ['Arn', 'arn'])).toBe('Arn')
    expect(nearest('arn', [])).toBeUndefined()
  })
})

test('without the refused parts the rest stays in its position', () => {
  const body = { q: 1, names: [1, 'a'], parts: [5, { kind: 'a' }], sizes: { a: 'b', c: 1 }, query: 'x' }
  const { error } = schema.safeParse(body)
  expect(withoutInvalid(body, error?.issues ?? [], schema)).toEqual({
    names: ['', 'a'],
    parts: [{}, { kind: 'a' }],
    sizes: { c: 1 },
    query: 'x',
  })
  expect(withoutInvalid('text', schema.safeParse('text').error?.issues ?? [], schema)).toBe('text')
})

test('a long value or name is not repeated in full', () => {
  expect(quoted('a'.repeat(80))).toBe(`"${'a'.repeat(80)}"`)
  expect(quoted('a'.repeat(81))).toBe('a text of 81 characters')
  expect(quoted(5)).toBe('a number')
  expect(issueAt(['b'.repeat(80)], '').path).toBe('b'.repeat(80))
  expect(issueAt(['b'.repeat(81)], '').path).toBe(`${'b'.repeat(20)}…`)
})

test('a field is within itself and its parents, and not within a field with a longer name', () => {
  expect(['#/a', '#/a/0', '#/ab', '#/b/a'].filter((path) => isWithin(path, '#/a'))).toEqual(['#/a', '#/a/0'])
})

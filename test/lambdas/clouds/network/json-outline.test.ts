import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { outlineOf } from '../../../../lambdas/clouds/network/json-outline.ts'

const documents = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))

describe('the outline of a JSON text', () => {
  test('counts the lists and objects of the parsed value, whatever its strings contain', () => {
    fc.assert(
      fc.property(documents, (value) => {
        expect(outlineOf(JSON.stringify(value))).toEqual({ ...counted(value), isCut: false })
      }),
    )
  })

  test('detects a cut at any position, except in white space after the end', () => {
    fc.assert(
      fc.property(documents, fc.nat(), fc.constantFrom('', '\n', '  '), (value, length, space) => {
        const text = `${space}${JSON.stringify(value, undefined, 1)}`
        expect(outlineOf(text.slice(0, length % text.length)).isCut).toBe(true)
        expect(outlineOf(`${text}${space}`).isCut).toBe(false)
      }),
    )
  })

  test.each(['<html>{', 'planted-text', '"a', 'null', '{"a":1}]'])(
    'does not detect a cut in invalid JSON: %s',
    (text) => {
      expect(outlineOf(text).isCut).toBe(false)
    },
  )

  test('counts 16 MiB of brackets without recursion', () => {
    const half = 8 * 1024 * 1024
    expect(outlineOf('['.repeat(half))).toEqual({ containers: half, depth: half, isCut: true })
  })
})

function counted(value: unknown): { containers: number; depth: number } {
  if (typeof value !== 'object' || value === null) return { containers: 0, depth: 0 }
  const inner = Object.values(value).map(counted)
  return {
    containers: 1 + inner.reduce((sum, { containers }) => sum + containers, 0),
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
  }
}

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isStrictDer } from '../../../../lambdas/webhook/certificate/der.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

it('accepts one value whose parts have exactly its length', () => {
  expect(isStrictDer(bytes(0x05, 0x00))).toBe(true)
  expect(isStrictDer(bytes(0x30, 0x00))).toBe(true)
  expect(isStrictDer(bytes(0x30, 0x05, 0x02, 0x01, 0x07, 0x05, 0x00))).toBe(true)
  expect(isStrictDer(Uint8Array.from([0x04, 0x81, 0x80, ...new Array(0x80).fill(0)]))).toBe(true)
  expect(isStrictDer(Uint8Array.from([0x04, 0x82, 0x01, 0x00, ...new Array(0x100).fill(0)]))).toBe(true)
})

it.each([
  ['nothing', bytes()],
  ['a tag alone', bytes(0x30)],
  ['a trailing byte', bytes(0x05, 0x00, 0x00)],
  ['a part that is longer than the value', bytes(0x30, 0x02, 0x02, 0x01)],
  ['a part that is shorter than the value', bytes(0x30, 0x03, 0x05, 0x00, 0x00)],
  ['a length beyond the end', bytes(0x04, 0x02, 0x00)],
  ['a long form where the short form is enough', Uint8Array.from([0x04, 0x81, 0x01, 0x00])],
  ['two bytes of length where one is enough', Uint8Array.from([0x04, 0x82, 0x00, 0x80, ...new Array(0x80).fill(0)])],
  ['an indefinite length', bytes(0x30, 0x80, 0x00, 0x00)],
  ['an indefinite length that would fit as a short one', Uint8Array.from([0x04, 0x80, ...new Array(0x80).fill(0)])],
  ['three bytes of length that would fit as one', Uint8Array.from([0x04, 0x83, 0x80, ...new Array(0x80).fill(0)])],
  ['three bytes of length that would fit as two', Uint8Array.from([0x04, 0x83, 1, 0, ...new Array(0x100).fill(0)])],
])('refuses %s', (_name, value) => {
  expect(isStrictDer(value)).toBe(false)
})

it('never throws, and never accepts an accepted value with one more byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(255), (value, more) => {
      if (isStrictDer(value)) expect(isStrictDer(Uint8Array.from([...value, more]))).toBe(false)
    }),
  )
})

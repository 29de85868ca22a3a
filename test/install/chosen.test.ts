import { expect, test } from 'vitest'
import { isChosen } from '../peers/install/chosen.ts'

test.each([
  ['kubernetes 1.21', ['kubernetes 1.21'], true],
  ['kubernetes 1.21', ['kubernetes *', 'peers'], true],
  ['kubernetes 1.21', ['kubernetes *', '!kubernetes 1.21', 'peers'], false],
  ['kubernetes 1.37', ['kubernetes *', '!kubernetes 1.21', 'peers'], true],
  ['kubernetes 1.37', ['kubernetes 1.3'], false],
  ['kubernetes 1.37', ['kubernetes 1937'], false],
  ['kubernetes 1.37', ['aws on *', 'peers'], false],
])('whether %s is among %j: %s', (name, patterns, expected) => {
  expect(isChosen(name, patterns)).toBe(expected)
})

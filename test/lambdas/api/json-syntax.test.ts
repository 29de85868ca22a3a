import fc from 'fast-check'
import { expect, test } from 'vitest'
import { syntaxProblem } from '../../../lambdas/api/json-syntax.ts'

test.each([
  ['{\n  "a": 1,\n  b: 2\n}', 'line 3, column 3: invalid symbol'],
  ['{\n  "a": 1,\n}', 'line 3, column 1: property name expected'],
  ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: comma expected'],
  ['{"a": 1', 'line 1, column 8: close brace expected'],
  ['{"a": 1} {', 'line 1, column 10: end of file expected'],
  ['{ // note\n}', 'line 1, column 3: invalid comment token'],
  ['', 'line 1, column 1: value expected'],
])('a text that is not JSON is told with line and column: %j', (text, problem) => {
  expect(syntaxProblem(text)).toBe(problem)
})

test.each(['cluster:\n  name: prod', '# mine\n\n---\ncluster: {}', '- a\n- b'])(
  'a text that looks like YAML is told how to become JSON: %j',
  (text) => {
    expect(syntaxProblem(text)).toMatch(/It looks like YAML: convert it, for example with yq -o=json$/)
  },
)

test('nothing of the text is repeated', () => {
  const secret = 'hunter2'
  fc.assert(
    fc.property(fc.constantFrom('{"p": "', '{', '', '[', 'a: '), fc.constantFrom('"', '\n', '}', ''), (head, tail) => {
      expect(syntaxProblem(`${head}${secret}${tail}`)).not.toContain(secret)
    }),
  )
})

test('what JSON.parse refuses has a place', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('{', '}', ',', '"', 'x', ''), (json, at, put) => {
      const cut = at % (json.length + 1)
      const text = json.slice(0, cut) + put + json.slice(cut + 1)
      expect(isJson(text) || /^line \d+, column \d+: [a-z ]+/.test(syntaxProblem(text))).toBe(true)
    }),
  )
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

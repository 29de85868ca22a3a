import fc from 'fast-check'
import { expect, test } from 'vitest'
import { syntaxProblem } from '../../../../lambdas/api/request/json-syntax.ts'

test.each([
  ['{\n  "a": 1,\n  b: 2\n}', 'line 3, column 3'],
  ['{\n  "a": 1,\n}', 'line 3, column 1'],
  ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3'],
  ['{"a": 1', 'line 1, column 8'],
  ['{"a": "1', 'line 1, column 9'],
  ['{"a": 1} {', 'line 1, column 10'],
  ['{"a": 01}', 'line 1, column 8'],
  ['{"a": trve}', 'line 1, column 9'],
  ["{'a': 1}", 'line 1, column 2'],
  ['{ // note\n}', 'line 1, column 3'],
  ['', 'line 1, column 1'],
])('a text that is not JSON is reported with line and column: %j', (text, position) => {
  expect(syntaxProblem(text)).toBe(`it is not JSON from ${position} on`)
})

test.each(['cluster:\n  name: prod', '# mine\n\n---\ncluster: {}', '- a\n- b'])(
  'the message for a text that looks like YAML says how to convert it: %j',
  (text) => {
    expect(syntaxProblem(text)).toMatch(/It looks like YAML: convert it, for example with yq -o=json$/)
  },
)

test.each(['https://host', 'a ---', '[a: b', '# only a remark', ''])(
  'a text that is neither JSON nor YAML is not reported as YAML: %j',
  (text) => {
    expect(syntaxProblem(text)).not.toContain('YAML')
  },
)

test('the message does not repeat the text', () => {
  const secret = 'hunter2'
  fc.assert(
    fc.property(fc.constantFrom('{"p": "', '{', '', '[', 'a: '), fc.constantFrom('"', '\n', '}', ''), (head, tail) => {
      expect(syntaxProblem(`${head}${secret}${tail}`)).not.toContain(secret)
    }),
  )
})

test('the reported position is that of the wrong character, or after it', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('{', '}', ',', '"', 'x', ''), (json, at, put) => {
      const cut = at % (json.length + 1)
      const text = json.slice(0, cut) + put + json.slice(cut + 1)
      if (isJson(text)) return
      const [, line = '', column = ''] = /from line (\d+), column (\d+) on/.exec(syntaxProblem(text)) ?? []
      expect(line).toBe('1')
      expect(Number(column)).toBeGreaterThan(cut)
      expect(Number(column)).toBeLessThanOrEqual(text.length + 1)
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

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeBlock, codeInHtml, codeSpan } from '../../../cli/view/markdown.ts'

const text = fc
  .array(
    fc.constantFrom('`', '```', '</details>', '<img src=x>', '@org/team', '\n', '\r', '|', '\\', 'a', '[x](y)', ' '),
  )
  .map((parts) => parts.join(''))

test.for([
  ['a', '` a `'],
  ['`a``b', '``` `a``b ```'],
  ['a\n</details>', '` a </details> `'],
] as const)('%j is the code span %j', ([given, span]) => {
  expect(codeSpan(given)).toBe(span)
})

test('text cannot end a code span, which is one line', () => {
  fc.assert(
    fc.property(text, (given) => {
      const span = codeSpan(given)
      const [fence = ''] = /^`+/.exec(span) ?? []
      expect(span).not.toMatch(/[\n\r]/)
      expect([...span.matchAll(/`+/g)].filter(([run]) => run === fence)).toHaveLength(2)
    }),
  )
})

test('text cannot end a code block', () => {
  fc.assert(
    fc.property(fc.array(text), (lines) => {
      const [opening = '', ...rest] = codeBlock(lines, 'diff').split('\n')
      const fence = opening.slice(0, -'diff'.length)
      expect(rest).toHaveLength(lines.length + 1)
      expect(rest.findIndex((line) => line.includes(fence))).toBe(lines.length)
    }),
  )
})

test('escapes all markup of a text in HTML', () => {
  expect(codeInHtml('</code><img src="x">&`')).toBe(
    '<code>&#60;/code&#62;&#60;img src=&#34;x&#34;&#62;&#38;&#96;</code>',
  )
})

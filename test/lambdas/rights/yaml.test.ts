import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wrapped } from '../../../lambdas/rights/yaml.ts'

const word = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', 'b', '.') })
const text = fc.array(word, { minLength: 1, maxLength: 30 }).map((words) => words.join(' '))

it('a wrapped text has the same words, on as few lines as the width allows', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 30 }), (text, columns) => {
      const lines = wrapped(text, columns)
      expect(lines.join(' ')).toBe(text)
      for (const [index, line] of lines.entries()) {
        if (line.includes(' ')) expect(line.length).toBeLessThanOrEqual(columns)
        const [next] = lines[index + 1]?.split(' ') ?? []
        if (next !== undefined) expect(`${line} ${next}`.length).toBeGreaterThan(columns)
      }
    }),
  )
})

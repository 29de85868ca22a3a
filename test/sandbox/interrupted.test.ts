import { describe, expect, it } from 'vitest'
import { expectHealing, outputOf, signals } from './support/interrupted.ts'
import { cloneWithRegistry } from './support/slow-registry.ts'

describe("the portal's packages", () => {
  it.each(signals)('are complete after an installation that %s ended', (signal) => expectHealing(signal, 6))

  it.each([
    ['out of reach', -1],
    ['lost in the middle', 4],
  ])('are complete after a registry that was %s; until then, a start needs none of them', async (_, lostAt) => {
    const clone = await cloneWithRegistry()
    try {
      await outputOf(clone, 'start')
      clone.setReachable(lostAt >= 0)
      clone.atHalf(async (nth) => clone.setReachable(nth < lostAt))
      expect(await outputOf(clone, 'portal')).toMatch(/npm install .* failed: see above\./)
      expect(await outputOf(clone, 'start')).toBe('started sandbox/main.ts\n')
      clone.atHalf(async () => {})
      clone.setReachable(true)
      expect(await outputOf(clone, 'portal')).toContain('started node_modules/vite/bin/vite.js')
      expect(await clone.missingFiles()).toEqual([])
    } finally {
      await clone.remove()
    }
  })
})

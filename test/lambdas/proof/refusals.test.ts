import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusedToday } from '../../../lambdas/proof/refusals.ts'

const refusedAt = '2026-11-28T00:03:12.000Z'
const at = (time: string) => new Date(`2026-11-${time}Z`)

describe('tokens of other accounts or audiences that were refused for a role', () => {
  it.each([
    ['in the same hour', '28T00:03:13.000'],
    ['at the end of the day', '28T23:59:59.999'],
  ])('are not tried again %s', (_, now) => {
    expect(refusedToday({ refusedAt, changedAts: [undefined] }, at(now))).toBe(refusedAt)
  })

  it.each([
    ['on the next day, less than 24 hours later', '29T00:00:00.000'],
    ['a month later, on a day of the same number', '28T00:03:12.000', '2026-10-28T00:03:12.000Z'],
    ['when the recorded time is in the future', '27T23:59:59.999'],
  ])('are tried again %s', (_, now, recorded = refusedAt) => {
    expect(refusedToday({ refusedAt: recorded, changedAts: [] }, at(now))).toBeUndefined()
  })

  it('are tried when they were never tried', () => {
    expect(refusedToday({ refusedAt: undefined, changedAts: [] }, at('28T12:00:00.000'))).toBeUndefined()
  })

  it('are tried again when the role or its provider has changed at that time or later', () => {
    const held = (...changedAts: string[]) => refusedToday({ refusedAt, changedAts }, at('28T12:00:00.000'))
    expect(held('2026-11-28T00:03:11.999Z', '2026-11-20T00:00:00.000Z')).toBe(refusedAt)
    expect(held(refusedAt, '2026-11-20T00:00:00.000Z')).toBeUndefined()
    expect(held('2026-11-20T00:00:00.000Z', '2026-11-28T11:00:00.000Z')).toBeUndefined()
  })

  it('are tried exactly once on each day with a verification', () => {
    const noInvalidDate = true
    const time = fc.date({ min: at('01T00:00:00.000'), max: at('15T00:00:00.000'), noInvalidDate })
    fc.assert(
      fc.property(fc.array(time, { minLength: 1 }), (times) => {
        let recorded: string | undefined
        const triedOn: string[] = []
        for (const now of times.toSorted((a, b) => a.getTime() - b.getTime())) {
          if (refusedToday({ refusedAt: recorded, changedAts: [] }, now) !== undefined) continue
          recorded = now.toISOString()
          triedOn.push(recorded.slice(0, 10))
        }
        const days = new Set(times.map((now) => now.toISOString().slice(0, 10)))
        expect(triedOn).toHaveLength(days.size)
        expect(new Set(triedOn)).toEqual(days)
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { newestEvents } from '../../../../lambdas/clouds/kubernetes/events.ts'

const at = (minute: number) => `2026-11-25T10:0${minute}:00Z`

describe('the newest events of an object', () => {
  it('are sorted newest first, by the field that has their time', () => {
    const items = [
      { reason: 'First', type: 'Normal', message: 'a', lastTimestamp: at(1), firstTimestamp: at(0) },
      { reason: 'Third', type: 'Normal', message: 'c', lastTimestamp: null, eventTime: '2026-11-25T10:03:00.000001Z' },
      { reason: 'Second', type: 'Warning', message: 'b', firstTimestamp: at(2) },
      { reason: 'Fourth', type: 'Normal', message: 'd', series: { lastObservedTime: at(4) }, eventTime: at(0) },
    ]
    expect(newestEvents(items, 3).map(({ reason }) => reason)).toEqual(['Fourth', 'Third', 'Second'])
  })

  it('omit items without a time, and items that are no event', () => {
    expect(newestEvents([{ reason: 'x' }, { reason: 'y', lastTimestamp: 'soon' }, 'z', { type: 7 }], 5)).toEqual([])
  })

  it('have only valid times and reasons', () => {
    const items = [
      { reason: 'a sentence', type: 'Normal', lastTimestamp: at(1) },
      { reason: 'Second', type: 'Normal', lastTimestamp: 'Nov 25 2026 (s3cr3t)' },
    ]
    expect(newestEvents(items, 5)).toEqual([{ time: at(1), type: 'Normal', reason: 'unnamed', message: '' }])
  })

  it('have messages of one line and bounded length', () => {
    const [event] = newestEvents([{ message: `a\u0007\n${'b'.repeat(1000)}`, lastTimestamp: at(1) }], 1)

    expect(event?.message).toMatch(/^a b+…$/)
    expect(event?.message).toHaveLength(300)
  })

  it('show no token', () => {
    const jwt = 'eyaaaaaaaaaaaa.eyJ9.x'
    const [event] = newestEvents([{ type: jwt, reason: jwt, message: jwt, lastTimestamp: at(1) }], 1)

    expect(event).toEqual({ time: at(1), type: 'unnamed', reason: 'unnamed', message: '(a token)' })
  })
})

import { expect, it } from 'vitest'
import { isDue, isEnding, lifetimeSeconds, whyNotRenewed } from '../../../lambdas/credentials/renewal.ts'

const now = new Date('2026-11-28T00:00:00Z')
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** A lifetime of this number of days, with the rest of it in the future. */
function life(days: number, left: number) {
  const endsAt = new Date(now.getTime() + left * dayMs)
  return { startsAt: new Date(endsAt.getTime() - days * dayMs), endsAt }
}

it.for([
  { days: 90, left: 30, due: false, ending: false },
  { days: 90, left: 29.9, due: true, ending: false },
  { days: 90, left: 14, due: true, ending: false },
  { days: 90, left: 13.9, due: true, ending: true },
  { days: 30, left: 15, due: false, ending: false },
  { days: 30, left: 14.9, due: true, ending: false },
  { days: 30, left: 10, due: true, ending: false },
  { days: 30, left: 9.9, due: true, ending: true },
  { days: 1, left: 0.4, due: true, ending: false },
  { days: 1, left: 0.3, due: true, ending: true },
  { days: 90, left: -1, due: true, ending: true },
])('of $days days with $left remaining, due is $due and ending is $ending', ({ days, left, due, ending }) => {
  expect([isDue(life(days, left), now), isEnding(life(days, left), now)]).toEqual([due, ending])
})

it('credentials without a start are due by their remaining days, and those without an end never', () => {
  const { endsAt } = life(1, 29)
  expect([isDue({ endsAt }, now), isEnding({ endsAt }, now)]).toEqual([true, false])
  expect([isDue({ startsAt: now }, now), isEnding({}, now)]).toEqual([false, false])
})

it('the next token has the lifetime of this one, and at least ten minutes', () => {
  expect(lifetimeSeconds(life(90, 3), now)).toBe(90 * 86_400)
  expect(lifetimeSeconds(life(0.001, 0), now)).toBe(600)
  expect(lifetimeSeconds({}, now)).toBe(600)
})

it('a token is renewed only when it is marked for it and belongs to our service account', () => {
  const own = 'workload-identity-setup:workload-identity'
  expect(whyNotRenewed({ account: own, isMarked: true }, own)).toBeUndefined()
  expect(whyNotRenewed({ account: own, isMarked: false }, own)).toContain('not marked')
  for (const account of [undefined, 'kube-system:admin', `${own}-other`]) {
    expect(whyNotRenewed({ account, isMarked: true }, own)).toBe(
      'they are not a token of the account workload-identity-setup/workload-identity',
    )
  }
})

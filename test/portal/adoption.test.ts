import { describe, expect, it, test } from 'vitest'
import { recorded } from '../../lambdas/errors/recorded.ts'
import { OwnershipConflict } from '../../lambdas/errors/step-errors.ts'
import { ownershipConflict, requireOurs, tagsFor } from '../../lambdas/ownership/ownership.ts'
import { adoptable, adoptionOf } from '../../portal/src/api/again.ts'
import { nextActions } from '../../portal/src/pages/operation/next-actions.ts'
import { operationWith, stepWith } from '../cli/support/operations.ts'
import { planWith } from './support/results.ts'

const byHand = recorded(ownershipConflict('arn:aws:iam::000000000000:role/by-hand'))
const ended = { status: 'failed', endedAt: '2026-11-25T10:01:00.000Z' } as const

/** The error for an object of another cluster. */
function ofAnother() {
  const owner = { deployment: 'here', cluster: 'prod-eu' }
  const tags = tagsFor({ ...owner, cluster: 'another' }, false)
  try {
    requireOurs({ object: 'arn:aws:iam::000000000000:role/theirs', tags }, owner, false)
  } catch (error) {
    if (error instanceof OwnershipConflict) return recorded(error)
  }
  throw new Error('it is ours')
}

describe('a request that is refused because of an object that was created by hand', () => {
  it('can be sent again with adopt, and lists each object once', () => {
    const steps = [stepWith({ error: byHand }), stepWith({ error: { ...byHand, object: 'Secret a/b' } })]
    const operation = operationWith({ ...ended, error: byHand, steps })
    expect(adoptable(operation)).toEqual([byHand.object, 'Secret a/b'])
    expect(nextActions(operation)).toEqual(['again', 'adopt'])
  })

  it('can be planned again with adopt, if it was a plan', () => {
    const result = planWith({ outcome: 'refused', problems: [{ ...byHand, notCompared: [] }] })
    const operation = operationWith({ ...ended, kind: 'plan', status: 'succeeded', result })
    expect(nextActions(operation)).toEqual(['again', 'planAdopting'])
  })

  it('has nothing to adopt if it was sent with adopt', () => {
    expect(adoptable(operationWith({ ...ended, error: byHand, request: { adopt: true } }))).toEqual([])
  })
})

test('never offers to adopt an object of another cluster', () => {
  const operation = operationWith({ ...ended, error: ofAnother() })
  expect(adoptable(operation)).toEqual([])
  expect(nextActions(operation)).toEqual(['again'])
})

test('does not send a request that another version recorded in another format', () => {
  expect(adoptionOf(operationWith({ request: { unknown: true } }))).toBeUndefined()
})

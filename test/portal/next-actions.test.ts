import { describe, expect, it } from 'vitest'
import type { Operation } from '../../client/api.ts'
import { nextActions } from '../../portal/src/pages/operation/next-actions.ts'
import { operationWith } from '../cli/support/operations.ts'
import { driftWith, planWith } from './support/results.ts'

const teardownResult = { remaining: [], abandoned: [] }

function afterwards(fields: Partial<Operation>) {
  return nextActions(operationWith({ status: 'succeeded', endedAt: '2026-11-25T10:01:00.000Z', ...fields }))
}

describe('the actions of an operation', () => {
  it('are to cancel it while it runs, and to send it again when it has failed', () => {
    expect(nextActions(operationWith())).toEqual(['cancel'])
    expect(afterwards({ status: 'failed' })).toEqual(['again'])
  })

  it('are to repair the differences of a drift, and a failed verification', () => {
    expect(afterwards({ kind: 'verification', status: 'failed' })).toEqual(['again', 'repair'])
    expect(afterwards({ kind: 'drift', result: driftWith(2) })).toEqual(['again', 'repair'])
    expect(afterwards({ kind: 'drift', result: driftWith(0) })).toEqual(['again'])
  })

  it('are to carry out the changes that a plan or a dry run has reported', () => {
    expect(afterwards({ kind: 'plan', result: planWith({ outcome: 'changes' }) })).toEqual(['again', 'carryOut'])
    expect(afterwards({ kind: 'plan', result: planWith({ outcome: 'refused' }) })).toEqual(['again'])
    const result = { clusters: [], counts: {} }
    expect(afterwards({ kind: 'rotation', dryRun: true, result })).toEqual(['again', 'carryOut'])
    expect(afterwards({ kind: 'rotation', result })).toEqual(['again'])
  })

  it('are to tear down after a dry run, and again after a failed teardown', () => {
    expect(afterwards({ kind: 'teardown', dryRun: true, result: teardownResult })).toEqual(['again', 'tearDown'])
    expect(afterwards({ kind: 'teardown', dryRun: true, status: 'failed' })).toEqual(['again'])
    expect(afterwards({ kind: 'teardown', status: 'failed', result: teardownResult })).toEqual(['tearDownAgain'])
    expect(afterwards({ kind: 'teardown', result: teardownResult })).toEqual([])
  })
})

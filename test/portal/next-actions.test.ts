import { describe, expect, it } from 'vitest'
import type { Operation } from '../../cli/api/client.ts'
import { nextActions } from '../../portal/src/pages/operation/next-actions.ts'
import { operationWith } from '../cli/support/operations.ts'
import { driftWith, planWith, upgradeWith } from './support/results.ts'

const teardownResult = { remaining: [], abandoned: [] }
const pods = { namespace: 'default', serviceAccount: 's3-reader', pods: ['a'], count: 1 }

function afterwards(fields: Partial<Operation>) {
  return nextActions(operationWith({ status: 'succeeded', endedAt: '2026-11-25T10:01:00.000Z', ...fields }))
}

describe('what one may do with an operation', () => {
  it('is to cancel it while it goes on, and to send it again when it has failed', () => {
    expect(nextActions(operationWith())).toEqual(['cancel'])
    expect(afterwards({ status: 'failed' })).toEqual(['again'])
  })

  it('is to repair what a drift report has found, if it has found anything, and what no proof could be made of', () => {
    expect(afterwards({ kind: 'verification', status: 'failed' })).toEqual(['again', 'repair'])
    expect(afterwards({ kind: 'drift', result: driftWith(2) })).toEqual(['again', 'repair'])
    expect(afterwards({ kind: 'drift', result: driftWith(0) })).toEqual(['again'])
  })

  it('is to do what a plan or a dry run has only reported, if that is anything', () => {
    expect(afterwards({ kind: 'plan', result: planWith({ outcome: 'changes' }) })).toEqual(['again', 'carryOut'])
    expect(afterwards({ kind: 'plan', result: planWith({ outcome: 'refused' }) })).toEqual(['again'])
    const upgrade = { kind: 'webhook-upgrade', dryRun: true } as const
    expect(afterwards({ ...upgrade, result: upgradeWith({ outcome: 'would-upgrade' }) })).toEqual(['again', 'carryOut'])
    expect(afterwards({ ...upgrade, result: upgradeWith({ outcome: 'unchanged' }) })).toEqual(['again'])
  })

  it('is to restart the pods that an upgrade has found without their role, unless it has done so', () => {
    const upgrade = { kind: 'webhook-upgrade', result: upgradeWith({ unmutated: [pods] }) } as const
    expect(afterwards(upgrade)).toEqual(['again', 'restart'])
    const restarted = upgradeWith({ unmutated: [pods], restarted: ['Deployment default/app'] })
    expect(afterwards({ ...upgrade, result: restarted })).toEqual(['again'])
  })

  it('is to tear down what a dry run has reported, and again when something was left', () => {
    expect(afterwards({ kind: 'teardown', dryRun: true, result: teardownResult })).toEqual(['again', 'tearDown'])
    expect(afterwards({ kind: 'teardown', dryRun: true, status: 'failed' })).toEqual(['again'])
    expect(afterwards({ kind: 'teardown', status: 'failed', result: teardownResult })).toEqual(['tearDownAgain'])
    expect(afterwards({ kind: 'teardown', result: teardownResult })).toEqual([])
  })
})

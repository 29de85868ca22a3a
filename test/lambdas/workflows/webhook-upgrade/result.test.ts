import { describe, expect, test } from 'vitest'
import { stepItem } from '../../../../lambdas/operations/record.ts'
import { errorOfUnrestarted, upgradeOf } from '../../../../lambdas/workflows/webhook-upgrade/result.ts'

const at = '2026-11-25T12:00:00.000Z'
const step = (state: string, more: object = {}) =>
  stepItem.parse({ state, status: 'succeeded', attempts: 1, startedAt: at, attemptAt: at, ...more })

describe('an upgrade that has ended', () => {
  test('well tells which pods ran without their role, and what was restarted for it', () => {
    const unmutated = [{ namespace: 'default', serviceAccount: 'reader', pods: ['a'], count: 1 }]
    const restarted = [{ object: 'Deployment default/reports', action: 'updated' }]
    const steps = [
      step('FindUnmutatedPods', { output: { unmutated, unseen: ['media'] } }),
      step('RestartControllers', { changes: restarted }),
    ]
    expect(upgradeOf('succeeded', steps)).toEqual({
      outcome: 'upgraded',
      unmutated,
      unseen: ['media'],
      restarted: ['Deployment default/reports'],
      left: [],
    })
  })

  test('with controllers that could not be restarted tells which, and that the webhook itself is upgraded', () => {
    const first = { name: 'AccessDenied', object: 'Deployment a/b', reason: 'it may not be', action: 'Allow it' }
    const left = [first, { ...first, object: 'Deployment a/c' }]
    const steps = [step('ActivateWebhook'), step('RestartControllers', { output: { left } })]
    expect(upgradeOf('failed', steps)).toMatchObject({ outcome: 'upgraded', left })
    expect(errorOfUnrestarted([])).toBeUndefined()
    expect(errorOfUnrestarted(left)).toEqual({
      name: 'AccessDenied',
      step: 'RestartControllers',
      object: 'Deployment a/b',
      reason:
        'the webhook itself is upgraded, but this controller was not restarted: it may not be; 1 more: see left in the result',
      action: 'Allow it, and send the upgrade again with "restart": true',
    })
  })

  const deployed = (trial: boolean, diverted: boolean) => step('DeployNext', { output: { trial, diverted } })
  const begun = [deployed(true, false), step('CheckNext')]
  const diverted = [...begun, step('DivertToNext')]
  const removed = step('RemoveNext', { output: { removed: true } })
  const kept = step('RemoveNext', { output: { removed: false } })
  const failed = (state: string) => step(state, { status: 'failed' })
  test.each([
    ['untouched', []],
    ['untouched', [failed('DeployNext'), removed]],
    ['untouched', begun],
    ['taken away', [...begun, removed]],
    ['taken away', [...begun, failed('DivertToNext'), removed]],
    ['in place', [deployed(false, false), failed('DeployWebhook'), removed]],
    ['in place', [deployed(false, false), step('DeployWebhook'), step('CheckWebhook', { status: 'waiting' })]],
    ['left beside', [deployed(false, true), failed('DeployWebhook')]],
    ['left beside', [deployed(false, true), failed('DeployWebhook'), kept]],
    ['left beside', [...diverted, failed('DeployWebhook'), kept]],
    ['left beside', [...diverted, failed('ActivateWebhook')]],
    ['put back', [...diverted, step('ActivateWebhook', { item: 'put back' }), step('RemoveNext')]],
    ['upgraded', [...diverted, step('ActivateWebhook'), step('DeleteRequests', { status: 'failed' })]],
  ])('badly tells that it was %s', (outcome, steps) => {
    expect(upgradeOf('failed', steps)).toMatchObject({ outcome, unmutated: [], restarted: [] })
  })
})

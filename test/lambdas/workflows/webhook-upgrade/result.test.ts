import { describe, expect, test } from 'vitest'
import { stepItem } from '../../../../lambdas/operations/record.ts'
import { errorOfUnrestarted, upgradeOf } from '../../../../lambdas/workflows/webhook-upgrade/result.ts'

const at = '2026-11-25T12:00:00.000Z'
const step = (state: string, more: object = {}) =>
  stepItem.parse({ state, status: 'succeeded', attempts: 1, retries: 0, startedAt: at, attemptAt: at, ...more })

describe('an upgrade that has ended', () => {
  test('well tells which pods ran without their role, and what was restarted for it', () => {
    const unmutated = [{ namespace: 'default', serviceAccount: 'reader', pods: ['a'], count: 1 }]
    const restarted = [{ object: 'Deployment default/reports', action: 'updated' }]
    const steps = [
      step('FindUnmutatedPods', { output: { unmutated, unseen: ['media'] } }),
      step('RestartControllers', { changes: restarted }),
    ]
    expect(upgradeOf({ status: 'succeeded' }, steps)).toEqual({
      outcome: 'upgraded',
      unmutated,
      unseen: ['media'],
      restarted: ['Deployment default/reports'],
      remaining: [],
    })
  })

  test('with controllers that could not be restarted tells which, and that the webhook itself is upgraded', () => {
    const first = { name: 'AccessDenied', object: 'Deployment a/b', reason: 'it may not be', action: 'Allow it' }
    const remaining = [first, { ...first, object: 'Deployment a/c' }]
    const steps = [step('ActivateWebhook'), step('RestartControllers', { output: { remaining } })]
    expect(upgradeOf({ status: 'failed' }, steps)).toMatchObject({ outcome: 'upgraded', remaining })
    expect(errorOfUnrestarted([], false)).toBeUndefined()
    expect(errorOfUnrestarted(remaining, false)).toEqual({
      name: 'AccessDenied',
      step: 'RestartControllers',
      object: 'Deployment a/b',
      reason:
        'the webhook itself is upgraded, but this controller was not restarted: it may not be; 1 more: see remaining in the result',
      action: 'Allow it, and send the upgrade again with "restart": true',
    })
    expect(errorOfUnrestarted(remaining, true)?.reason).toMatch(
      /^the webhook itself would be upgraded, but .* would not/,
    )
  })

  const deployed = (trial: boolean, switched: boolean) => step('DeployCandidate', { output: { trial, switched } })
  const begun = [deployed(true, false), step('CheckCandidate')]
  const switched = [...begun, step('SwitchToCandidate')]
  const removed = step('RemoveCandidate', { output: { removed: true } })
  const kept = step('RemoveCandidate', { output: { removed: false } })
  const failed = (state: string) => step(state, { status: 'failed' })
  const change = (action: string) => ({ changes: [{ object: 'Deployment w/pod-identity-webhook', action }] })
  const restarted = step('RestartControllers', { changes: [{ object: 'Deployment a/b', action: 'updated' }] })
  test.each([
    ['unchanged', [deployed(false, false), step('DeployWebhook', change('unchanged')), step('ActivateWebhook')]],
    ['unchanged', [deployed(false, false), step('DeployWebhook', change('unchanged')), restarted]],
    ['upgraded', [deployed(false, false), step('DeployWebhook', change('updated')), step('ActivateWebhook')]],
    ['upgraded', [deployed(false, false), step('ActivateWebhook', change('updated'))]],
    ['upgraded', [deployed(true, false), step('DeployWebhook', change('unchanged')), step('ActivateWebhook')]],
    ['upgraded', [deployed(false, true), step('DeployWebhook', change('unchanged')), step('ActivateWebhook')]],
  ])('well tells that the webhook is %s', (outcome, steps) => {
    expect(upgradeOf({ status: 'succeeded' }, steps)).toMatchObject({ outcome })
  })

  test('that changed nothing, and could not restart a controller, does not say that it upgraded', () => {
    const steps = [deployed(false, false), step('ActivateWebhook'), step('RestartControllers', { status: 'failed' })]
    expect(upgradeOf({ status: 'failed' }, steps)).toMatchObject({ outcome: 'unchanged' })
  })

  test.each([
    ['untouched', []],
    ['untouched', [failed('DeployCandidate'), removed]],
    ['untouched', begun],
    ['candidate-removed', [...begun, removed]],
    ['candidate-removed', [...begun, failed('SwitchToCandidate'), removed]],
    ['not-ready', [deployed(false, false), failed('DeployWebhook'), removed]],
    ['not-ready', [deployed(false, false), step('DeployWebhook'), step('CheckWebhook', { status: 'waiting' })]],
    ['candidate-in-use', [deployed(false, true), failed('DeployWebhook')]],
    ['candidate-in-use', [deployed(false, true), failed('DeployWebhook'), kept]],
    ['candidate-in-use', [...switched, failed('DeployWebhook'), kept]],
    ['candidate-in-use', [...switched, failed('ActivateWebhook')]],
    ['rolled-back', [...switched, step('ActivateWebhook', { item: 'rolled-back' }), step('RemoveCandidate')]],
    ['upgraded', [...switched, step('ActivateWebhook'), step('DeleteRequests', { status: 'failed' })]],
  ])('badly tells that it was %s', (outcome, steps) => {
    expect(upgradeOf({ status: 'failed' }, steps)).toMatchObject({ outcome, unmutated: [], unseen: [], restarted: [] })
  })

  test.each([
    ['would-upgrade', [deployed(true, false), step('ActivateWebhook', change('unchanged'))]],
    ['would-upgrade', [deployed(false, false), step('DeployWebhook', change('updated')), step('ActivateWebhook')]],
    ['unchanged', [deployed(false, false), step('DeployWebhook', change('unchanged')), step('ActivateWebhook')]],
  ])('tells of a dry run: %s', (outcome, steps) => {
    expect(upgradeOf({ status: 'succeeded', dryRun: true }, steps)).toMatchObject({ outcome })
  })

  test.each([
    ['untouched', []],
    ['untouched', [failed('DeployCandidate')]],
    ['untouched', [deployed(true, false), failed('DeployWebhook')]],
    ['untouched', [deployed(false, true), failed('DeployWebhook')]],
    ['untouched', [deployed(false, false), step('DeployWebhook'), failed('ActivateWebhook')]],
    ['would-upgrade', [deployed(true, false), step('ActivateWebhook'), failed('RestartControllers')]],
  ])('tells of a dry run that has failed: %s', (outcome, steps) => {
    expect(upgradeOf({ status: 'failed', dryRun: true }, steps)).toMatchObject({ outcome })
  })
})

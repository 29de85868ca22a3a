import { describe, expect, it } from 'vitest'
import { type CallWithPurpose, callsBySteps } from '../../bench/calls/calls-by-steps.ts'

function call(at: number, operation: string, more: Partial<CallWithPurpose>): CallWithPurpose {
  return { at, durationMs: 100, actor: 'anonymous', operation, object: '*', write: false, purpose: 'outside', ...more }
}

describe('the calls of each step', () => {
  it('are those that name it in their User-Agent', () => {
    const calls = [
      call(500, 'iam:CreateRole', { step: 'CreateRole' }),
      call(0, 'dynamodb:UpdateItem', { step: 'Create', purpose: 'record' }),
      call(150, 'GET /version', {
        actor: 'admin',
        agent: 'workload-identity/Stack-ClusterSteps0AF00000-1A app/Create',
      }),
    ]
    const steps = callsBySteps(calls, ['CreateRole', 'Create', 'NotRun'])

    expect(steps.map(({ state, calls: own }) => [state, own.map(({ operation }) => operation)])).toEqual([
      ['Create', ['dynamodb:UpdateItem', 'GET /version']],
      ['CreateRole', ['iam:CreateRole']],
    ])
    expect(steps.map(({ wallMs }) => wallMs)).toEqual([250, 100])
  })

  it('include calls without a step that are made while it runs, except those of STS itself', () => {
    const calls = [
      call(0, 'dynamodb:UpdateItem', { step: 'Verify', purpose: 'record' }),
      call(200, 'sts:AssumeRoleWithWebIdentity', {}),
      call(250, 'storage.objects.get', { agent: 'python-urllib3/2.8.0' }),
      call(400, 'dynamodb:UpdateItem', { step: 'Verify', purpose: 'record' }),
      call(450, 'dynamodb:Query', { step: '', purpose: 'record' }),
      call(900, 'storage.buckets.get', { actor: 'somebody@example.com' }),
    ]

    expect(callsBySteps(calls, ['Verify'])[0]?.calls.map(({ operation }) => operation)).toEqual([
      'dynamodb:UpdateItem',
      'dynamodb:UpdateItem',
      'sts:AssumeRoleWithWebIdentity',
    ])
  })
})

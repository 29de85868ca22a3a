import { describe, expect, it } from 'vitest'
import { callsBySteps, type MadeCall } from '../../bench/calls-by-steps.ts'

const role = (state: string) =>
  `arn:aws:sts::000000000000:assumed-role/Stack-${state}Role0AF00000-1A/Stack-${state}0AF00000-1A`

function call(at: number, operation: string, more: Partial<MadeCall>): MadeCall {
  return { at, durationMs: 100, actor: 'anonymous', operation, object: '*', write: false, purpose: 'outside', ...more }
}

describe('the calls of each step', () => {
  it('are told by the role of the function, and on a cluster by its name', () => {
    const calls = [
      call(500, 'iam:CreateRole', { actor: role('CreateRole') }),
      call(0, 'dynamodb:UpdateItem', { actor: role('Create'), purpose: 'record' }),
      call(150, 'GET /version', { actor: 'admin', agent: 'workload-identity/Stack-Create0AF00000-1A' }),
    ]
    const steps = callsBySteps(calls, ['CreateRole', 'Create', 'NotRun'])

    expect(steps.map(({ state, calls: own }) => [state, own.map(({ operation }) => operation)])).toEqual([
      ['Create', ['dynamodb:UpdateItem', 'GET /version']],
      ['CreateRole', ['iam:CreateRole']],
    ])
    expect(steps.map(({ wallMs }) => wallMs)).toEqual([250, 100])
  })

  it('have those in another name of the step that is at work then, and none of STS itself', () => {
    const calls = [
      call(0, 'dynamodb:UpdateItem', { actor: role('Verify'), purpose: 'record' }),
      call(200, 'sts:AssumeRoleWithWebIdentity', {}),
      call(250, 'storage.objects.get', { agent: 'python-urllib3/2.8.0' }),
      call(400, 'dynamodb:UpdateItem', { actor: role('Verify'), purpose: 'record' }),
      call(450, 'dynamodb:Query', { actor: role('ApiRead'), purpose: 'record' }),
      call(900, 'storage.buckets.get', { actor: 'somebody@example.com' }),
    ]

    expect(callsBySteps(calls, ['Verify'])[0]?.calls.map(({ operation }) => operation)).toEqual([
      'dynamodb:UpdateItem',
      'dynamodb:UpdateItem',
      'sts:AssumeRoleWithWebIdentity',
    ])
  })
})

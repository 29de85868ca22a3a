import { describe, expect, it } from 'vitest'
import { reasonFor } from '../../bench/calls/call-reasons.ts'
import type { CallWithPurpose } from '../../bench/calls/calls-by-steps.ts'

function call(operation: string, given: Partial<CallWithPurpose> = {}): CallWithPurpose {
  return { at: 0, actor: 'setup', operation, object: 'x', write: false, purpose: 'outside', ...given }
}

const deployment = '/apis/apps/v1/namespaces/a/deployments/b'

describe('the reason for a call', () => {
  it('is the reason of its step, before a reason for all steps', () => {
    const reads = call('GET /apis/multicloud.cluster.gke.io/v1/namespaces/default/awsclusters/prod')
    const reasons = ['ObserveCluster', 'CheckCluster', 'ApplyCluster'].map((state) =>
      reasonFor(reads, { state, calls: [reads] }),
    )
    expect(new Set(reasons).size).toBe(3)
  })

  it('explains a second read of an object that the step writes', () => {
    const first = call(`GET ${deployment}`)
    const second = call(`GET ${deployment}`, { at: 2 })
    const write = call(`PATCH ${deployment}`, { at: 3, write: true })
    const calls = [first, second, write]
    expect(reasonFor(second, { state: 'DeployWebhook', calls })).toMatch(/were written since the plan/)
    expect(reasonFor(first, { state: 'DeployWebhook', calls })).not.toMatch(/were written since the plan/)
  })

  it('is required: a call without a reason is an error', () => {
    const unknown = call('iam:ListRoles')
    expect(() => reasonFor(unknown, { state: 'CreateBucket', calls: [unknown] })).toThrow(
      'CreateBucket makes a call that bench/calls/call-reasons.ts has no reason for: iam:ListRoles',
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NotYetConsistent, VerificationFailed } from '../../../lambdas/errors/step-errors.ts'
import { otherAccountOf, requirePolicies, requireRecognized, requireRefused } from '../../../lambdas/proof/proof.ts'
import { subjectOf } from '../../../lambdas/role/trust-policy.ts'

const roleArn = 'arn:aws:iam::123456789012:role/workload-identity/a'
const attempt = { account: { namespace: 'default', serviceAccount: 'default' }, audience: 'sts.amazonaws.com' }

const expected = { code: 'AccessDenied', roleArn, isPropagating: false }

describe('the other account', () => {
  it('is never the workload itself', () => {
    const name = fc.oneof(fc.constantFrom('default', 'kube-public'), fc.stringMatching(/^[a-z0-9-]{1,9}$/))
    fc.assert(
      fc.property(name, name, (namespace, serviceAccount) => {
        const otherAccount = otherAccountOf({ namespace, serviceAccount })
        expect(subjectOf(otherAccount)).not.toBe(subjectOf({ namespace, serviceAccount }))
        expect(otherAccount.serviceAccount).toBe('default')
      }),
    )
  })

  it('shares the namespace of the workload if it can', () => {
    expect(otherAccountOf({ namespace: 'shop', serviceAccount: 'a' }).namespace).toBe('shop')
    expect(otherAccountOf({ namespace: 'shop', serviceAccount: 'default' }).namespace).toBe('default')
    expect(otherAccountOf({ namespace: 'default', serviceAccount: 'default' }).namespace).toBe('kube-public')
  })
})

describe('the proof', () => {
  it('has a refusal with the expected code', () => {
    const refusal = { code: 'AccessDenied', message: 'whatever' }
    expect(requireRefused(attempt, refusal, expected)).toEqual({
      subject: 'system:serviceaccount:default:default',
      audience: 'sts.amazonaws.com',
      answer: 'AccessDenied',
    })
  })

  it('fails permanently when STS accepts a token of another account', () => {
    expect(() => requireRefused(attempt, undefined, expected)).toThrow(VerificationFailed)
    expect(() => requireRefused(attempt, undefined, expected)).toThrow(
      /accepted a token of system:serviceaccount:default:default/,
    )
  })

  it('waits when STS accepts such a token, and may still use an earlier trust policy', () => {
    expect(() => requireRefused(attempt, undefined, { ...expected, isPropagating: true })).toThrow(NotYetConsistent)
  })

  it('waits when STS refuses such a token for a reason that proves nothing', () => {
    const refusal = { code: 'InvalidIdentityToken', message: 'planted' }
    const prove = () => requireRefused(attempt, refusal, expected)
    expect(prove).toThrow(NotYetConsistent)
    expect(prove).not.toThrow(/planted/)
  })

  it('fails when STS reports another subject', () => {
    expect(() => requireRecognized(roleArn, { subject: 'b' }, { subject: 'a' })).toThrow(/another subject \(b, not a\)/)
    expect(() => requireRecognized(roleArn, { subject: 'a' }, { subject: 'a' })).not.toThrow()
  })

  it('names each missing policy', () => {
    const desired = { policyArns: ['p1', 'p2'], inlinePolicy: { Statement: [] } }
    expect(() => requirePolicies(roleArn, { policyArns: ['p1'], inlinePolicy: { Statement: [{}] } }, desired)).toThrow(
      /lacks p2, inline policy workload-identity/,
    )
    const observed = { policyArns: ['p2', 'p1', 'others'], inlinePolicy: { Statement: [] } }
    expect(requirePolicies(roleArn, observed, desired)).toEqual({ policyArns: ['p1', 'p2'], inlinePolicy: true })
    expect(requirePolicies(roleArn, observed, { policyArns: ['p1'] })).toEqual({
      policyArns: ['p1'],
      inlinePolicy: false,
    })
  })
})

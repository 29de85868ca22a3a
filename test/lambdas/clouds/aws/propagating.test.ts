import { expect, test } from 'vitest'
import {
  isPropagating,
  recordedUnlessRefused,
  retryableWhilePrincipalPropagates,
  retryableWhilePropagating,
} from '../../../../lambdas/clouds/aws/iam-consistency.ts'
import {
  AccessDenied,
  CloudUnavailable,
  ConcurrentChange,
  InvalidObject,
  Unreachable,
} from '../../../../lambdas/errors/step-errors.ts'

const explanation = { object: 'arn:role', reason: 'AWS refused iam:AttachRolePolicy', action: 'Allow it' }
const now = new Date('2026-11-25T12:00:00.000Z')
const secondsAgo = (seconds: number, from = now) => new Date(from.getTime() - seconds * 1000).toISOString()
const justNow = () => [secondsAgo(0, new Date())]
const longAgo = () => [secondsAgo(121, new Date()), undefined]

test('a write propagates for two minutes', () => {
  expect(isPropagating([secondsAgo(119)], now)).toBe(true)
  expect(isPropagating([secondsAgo(120)], now)).toBe(false)
  expect(isPropagating([], now)).toBe(false)
  expect(isPropagating([undefined], now)).toBe(false)
  expect(isPropagating([secondsAgo(3600), undefined, secondsAgo(1)], now)).toBe(true)
  // The clock of IAM may be ahead.
  expect(isPropagating([secondsAgo(-5)], now)).toBe(true)
})

test('a refusal is retryable while a write propagates, and says what was refused', async () => {
  const refused = () => Promise.reject(new AccessDenied(explanation))
  await expect(retryableWhilePropagating(refused(), justNow)).rejects.toMatchObject({
    name: 'NotYetConsistent',
    ...explanation,
  })
  await expect(retryableWhilePropagating(refused(), longAgo)).rejects.toThrow(AccessDenied)
})

test('an unknown principal is retryable while its provider propagates', async () => {
  const reason = 'IAM refused the policy document of iam:CreateRole: Invalid principal in policy: "Federated":"arn:p"'
  const invalid = () => Promise.reject(new InvalidObject({ ...explanation, reason }))
  await expect(retryableWhilePrincipalPropagates(invalid(), justNow)).rejects.toMatchObject({
    name: 'NotYetConsistent',
  })
  await expect(retryableWhilePrincipalPropagates(invalid(), longAgo)).rejects.toThrow(InvalidObject)
  const other = Promise.reject(new InvalidObject({ ...explanation, reason: 'Syntax errors in policy' }))
  await expect(retryableWhilePrincipalPropagates(other, justNow)).rejects.toThrow(InvalidObject)
})

test('a missing permission is permanent, however new the principal of the trust policy is', async () => {
  const denied = Promise.reject(new AccessDenied({ ...explanation, reason: 'AWS refused iam:CreateRole' }))
  await expect(retryableWhilePrincipalPropagates(denied, justNow)).rejects.toThrow(AccessDenied)
})

test('the times of writes are read only after a refusal', async () => {
  const times = () => {
    throw new Error('the times were read')
  }
  await expect(retryableWhilePropagating(Promise.resolve(1), times)).resolves.toBe(1)
  const unavailable = Promise.reject(new CloudUnavailable(explanation))
  await expect(retryableWhilePropagating(unavailable, times)).rejects.toThrow(CloudUnavailable)
})

test.each([
  ['refuses', new AccessDenied(explanation), false],
  ['finds invalid', new InvalidObject(explanation), false],
  ['may have executed before the response was lost', new Unreachable(explanation), true],
  ['may have executed before it failed', new CloudUnavailable(explanation), true],
  ['has executed already, when the SDK sent it again', new ConcurrentChange(explanation), true],
  ['may have executed before an unknown error', new Error('socket hang up'), true],
])('the record of a creation that AWS %s is deleted or kept', async (_, error, isKept) => {
  let isRecorded = true
  const forget = async () => {
    isRecorded = false
  }
  await expect(recordedUnlessRefused(Promise.reject(error), forget)).rejects.toBe(error)
  expect(isRecorded).toBe(isKept)
})

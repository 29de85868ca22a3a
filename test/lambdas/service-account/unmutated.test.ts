import { describe, expect, test } from 'vitest'
import { controllerOf } from '../../../lambdas/service-account/pods.ts'
import { canRestart, isUnmutated, rolesOf } from '../../../lambdas/service-account/unmutated.ts'

const roleArn = 'arn:aws:iam::123456789012:role/reader'
const account = (namespace: string, name: string, annotations = { 'eks.amazonaws.com/role-arn': roleArn }) => ({
  metadata: { namespace, name, annotations },
})
const accounts = [
  account('default', 'reader'),
  account('webhooks', 'own'),
  account('kube-system', 'system'),
  { metadata: { namespace: 'default', name: 'plain' } },
  account('default', 'empty', { 'eks.amazonaws.com/role-arn': '' }),
]
const roles = rolesOf(accounts, 'webhooks')

const pod = (changes: { metadata?: object; spec?: object; status?: object } = {}) => ({
  metadata: { name: 'a', namespace: 'default', ...changes.metadata },
  spec: { serviceAccountName: 'reader', containers: [{ env: [{ name: 'PATH' }] }, {}], ...changes.spec },
  status: { phase: 'Running', ...changes.status },
})

test('accounts count that name a role and whose pods are sent to the webhook', () => {
  expect([...rolesOf(accounts, 'webhooks').keys()]).toEqual(['default/reader'])
})

describe('a pod runs without its role', () => {
  test('when no container has the variable of the role', () => {
    expect(isUnmutated(pod(), roles)).toBe(true)
    expect(isUnmutated(pod({ status: { phase: 'Pending' } }), roles)).toBe(true)
  })

  test('also when it names no account, so that it has the default one', () => {
    const ofDefault = rolesOf([account('default', 'default')], 'webhooks')
    expect(isUnmutated(pod({ spec: { serviceAccountName: undefined } }), ofDefault)).toBe(true)
  })

  test.each([
    ['it was mutated', pod({ spec: { containers: [{}, { env: [{ name: 'PATH' }, { name: 'AWS_ROLE_ARN' }] }] } })],
    ['its account has no role', pod({ spec: { serviceAccountName: 'plain' } })],
    ['its account is the default one', pod({ spec: { serviceAccountName: undefined } })],
    ['it has ended', pod({ status: { phase: 'Succeeded' } })],
    ['it has failed', pod({ status: { phase: 'Failed' } })],
    ['it is ending', pod({ metadata: { deletionTimestamp: new Date() } })],
    ['it has opted out', pod({ metadata: { labels: { 'eks.amazonaws.com/skip-pod-identity-webhook': '' } } })],
  ])('but not when %s', (_, one) => {
    expect(isUnmutated(one, roles)).toBe(false)
  })
})

test('its controller is the owner that makes it anew', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'a', controller: true }
  expect(controllerOf({ ownerReferences: [{ ...owner, name: 'b', controller: false }, owner] })).toBe(owner)
  expect(controllerOf({ ownerReferences: [] })).toBeUndefined()
  expect(controllerOf(undefined)).toBeUndefined()
})

test.each([
  ['apps/v1', 'Deployment', true],
  ['apps/v1', 'StatefulSet', true],
  ['apps/v1', 'DaemonSet', true],
  ['apps/v1', 'ReplicaSet', false],
  ['batch/v1', 'Job', false],
  ['example.com/v1', 'Deployment', false],
])('whether a %s %s is restarted: %j', (apiVersion, kind, expected) => {
  expect(canRestart({ apiVersion, kind })).toBe(expected)
})

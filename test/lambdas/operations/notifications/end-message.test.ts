import { expect, test } from 'vitest'
import { endMessage } from '../../../../lambdas/operations/notifications/end-message.ts'
import { operationKinds } from '../../../../lambdas/operations/record/kinds.ts'
import type { OperationItem } from '../../../../lambdas/operations/record/record.ts'

const error = { name: 'States.Timeout', object: 'cluster prod-eu', reason: 'it took too long', action: 'Send it again' }
const operation: OperationItem = {
  operationId: 'o',
  kind: 'setup',
  cluster: 'prod-eu',
  status: 'failed',
  requestedBy: 'alice',
  createdAt: '2026-11-25T12:00:00.000Z',
  error,
}
const succeeded = {
  operationId: 'o',
  cluster: 'prod-eu',
  status: 'succeeded',
  requestedBy: 'a',
  createdAt: '',
} as const

test('the message of a failure has its error, and its subject names the failed operation', () => {
  const { subject, text, attributes } = sent(operation)
  expect(subject).toBe('Workload identity: prod-eu: the setup has failed')
  expect(JSON.parse(text)).toEqual({ operationId: 'o', cluster: 'prod-eu', status: 'failed', error })
  expect(attributes).toEqual({})
})

test('the message of a cancellation says so', () => {
  const { subject } = sent({ ...operation, kind: 'key-refresh', status: 'cancelled' })
  expect(subject).toBe('Workload identity: cluster prod-eu: the key-refresh was cancelled')
})

test('the message of a rotation has no cluster', () => {
  const { cluster: _, ...ofAll } = operation
  const message = sent({ ...ofAll, kind: 'rotation' })
  expect(message.subject).toBe('Workload identity: the rotation has failed')
  expect(JSON.parse(message.text)).not.toHaveProperty('cluster')
  expect(sent({ ...ofAll, kind: 'rotation', status: 'cancelled' }).subject).toBe(
    'Workload identity: all clusters: the rotation was cancelled',
  )
})

test('the message about the removal of a workload names it', () => {
  const removal = { ...operation, kind: 'teardown', workload: { namespace: 'default', serviceAccount: 'a' } } as const
  expect(sent(removal).subject).toBe('Workload identity: default/a is not completely removed from prod-eu')
  expect(sent({ ...removal, status: 'cancelled' }).subject).toBe(
    'Workload identity: cluster prod-eu: the removal of default/a was cancelled',
  )
})

test('of successful operations, only a setup has a message', () => {
  const notified = operationKinds.filter((kind) => endMessage({ ...succeeded, kind }) !== undefined)
  expect(notified).toEqual(['setup'])
  expect(sent({ ...succeeded, kind: 'setup' })).toEqual({
    subject: 'Workload identity: prod-eu is set up',
    text: '{"operationId":"o","cluster":"prod-eu","status":"succeeded"}',
    attributes: {},
  })
})

test('the message of a drift has its counts, and its severity as an attribute, by which subscribers filter', () => {
  const found = { severity: 'security', differences: 2, changed: 2 } as const
  const { subject, text, attributes } = sent({ ...succeeded, kind: 'drift', found })
  expect(subject).toBe('Workload identity: security drift in prod-eu')
  expect(JSON.parse(text)).toEqual({
    operationId: 'o',
    cluster: 'prod-eu',
    status: 'succeeded',
    severity: 'security',
    found,
  })
  expect(attributes).toEqual({ severity: 'security' })
})

test('an operation that waited has no message: the one that applied its spec has one', () => {
  for (const status of ['failed', 'cancelled', 'succeeded'] as const)
    expect(endMessage({ ...operation, waits: true, status })).toBeUndefined()
})

function sent(item: OperationItem) {
  const message = endMessage(item)
  if (!message) throw new Error('no message')
  return message
}

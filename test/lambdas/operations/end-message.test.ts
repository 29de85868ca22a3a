import { expect, test } from 'vitest'
import { workflowOf } from '../../../infra/definition/definition.ts'
import { forEachKind, workflows } from '../../../infra/workflows.ts'
import { endMessage } from '../../../lambdas/operations/end-message.ts'
import type { OperationItem } from '../../../lambdas/operations/record.ts'

const subjects = forEachKind((kind) => workflowOf(workflows[kind]).Notifications.Failed)

const error = { name: 'States.Timeout', object: 'cluster prod-eu', reason: 'it took too long', action: 'Send it again' }
const operation: OperationItem = {
  operationId: 'o',
  kind: 'setup',
  cluster: 'prod-eu',
  status: 'failed',
  requestedBy: 'alice',
  createdAt: '2026-11-25T12:00:00.000Z',
  error,
  notifyAt: '2026-11-25T12:00:00.000Z',
}

test('a failure is told under the subject of its workflow, with what the workflow would have told', () => {
  const { subject, text } = endMessage(operation, subjects)
  expect(subject).toBe('Workload identity: prod-eu failed')
  expect(JSON.parse(text)).toEqual({ operationId: 'o', cluster: 'prod-eu', status: 'failed', error })
})

test('a cancellation is told as one', () => {
  const { subject } = endMessage({ ...operation, kind: 'key-refresh', status: 'cancelled' }, subjects)
  expect(subject).toBe('Workload identity: cluster prod-eu: the key-refresh was cancelled')
})

test('a rotation is told without a cluster', () => {
  const { cluster: _, ...ofAll } = operation
  const message = endMessage({ ...ofAll, kind: 'rotation' }, subjects)
  expect(message.subject).toBe('Workload identity: the rotation has failed')
  expect(JSON.parse(message.text)).not.toHaveProperty('cluster')
  expect(endMessage({ ...ofAll, kind: 'rotation', status: 'cancelled' }, subjects).subject).toBe(
    'Workload identity: all clusters: the rotation was cancelled',
  )
})

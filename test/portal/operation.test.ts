import { expect, test } from 'vitest'
import { verifiedAlone } from '../../portal/src/api/verified-alone.ts'
import { changesByObject } from '../../portal/src/pages/operation/changes-by-object.ts'
import { stateStatuses } from '../../portal/src/pages/operation/state-statuses.ts'
import { stepWith } from '../cli/support/operations.ts'

test('a state that runs for several workloads is shown by the one that tells most', () => {
  const of = (state: string, status: 'running' | 'succeeded' | 'failed' | 'waiting') => stepWith({ state, status })
  const statuses = stateStatuses([
    of('CreateRole', 'succeeded'),
    of('CreateRole', 'failed'),
    of('BindKsa', 'succeeded'),
    of('BindKsa', 'running'),
    of('CheckWebhook', 'waiting'),
  ])
  expect([...statuses]).toEqual([
    ['CreateRole', 'failed'],
    ['BindKsa', 'running'],
    ['CheckWebhook', 'waiting'],
  ])
})

test('the changes of one object follow each other, each with its step', () => {
  const canary = { object: 'ServiceAccount webhook/canary', action: 'created' } as const
  const steps = [
    stepWith({ state: 'CheckWebhook', changes: [canary, { object: 'Secret webhook/tls', action: 'unchanged' }] }),
    stepWith({ state: 'CreateRole', item: 'default/s3-reader', changes: [{ ...canary, action: 'deleted' }] }),
  ]
  expect(changesByObject(steps).map(({ object, action, step }) => [object, action, step])).toEqual([
    ['ServiceAccount webhook/canary', 'created', 'CheckWebhook'],
    ['ServiceAccount webhook/canary', 'deleted', 'CreateRole default/s3-reader'],
    ['Secret webhook/tls', 'unchanged', 'CheckWebhook'],
  ])
})

test('a verification of one workload is known from that of all workloads of a cluster with one', () => {
  const workloads = [{ roleArn: 'arn', workload: { namespace: 'default', serviceAccount: 's3-reader', role: {} } }]
  expect(verifiedAlone({ workloads })).toEqual({ namespace: 'default', serviceAccount: 's3-reader' })
  expect(verifiedAlone({ workloads, all: true })).toBeUndefined()
  expect(verifiedAlone({ workloads: [] })).toBeUndefined()
})

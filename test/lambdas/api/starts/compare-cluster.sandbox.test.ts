import { expect, test } from 'vitest'
import { run } from '../../../../lambdas/api/starts/compare-cluster.ts'
import { listOperations } from '../../../../lambdas/operations/lists/operation-list.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { apiAccount } from '../../../support/api/api.ts'
import { newOperation, recordEndedSetup, recordNext } from '../../../support/api/operations.ts'
import { stepContext } from '../../../support/steps/step-context.ts'

apiAccount()

const schedule = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/drifts'
const reader = { namespace: 'default', serviceAccount: 's3-reader' }
const setUp = { facts: {}, providerArn: 'arn:provider', webhook: { mode: 'none' }, workloads: [reader] }
const done = { output: {}, changes: [] }

const compare = (cluster: string, scheduledTime: string) => run({ scheduledTime, schedule }, stepContext(cluster))
const driftsOf = async (cluster: string) =>
  (await listOperations({ kind: 'drift' }, { itemsToRead: 100 })).entries.filter((each) => each.cluster === cluster)

let time = 0
const nextTime = () => new Date(Date.parse('2026-11-25T06:00:00Z') + time++ * 86_400_000).toISOString()

test('each scheduled time starts one drift, which the schedule requests, and waits for its end', async () => {
  const cluster = await recordEndedSetup(setUp)
  const first = nextTime()
  const waits = await compare(cluster, first)
  const [started] = await driftsOf(cluster)
  const operationId = started?.operationId ?? ''
  expect(waits).toEqual({ waiting: { reason: `the drift ${operationId} is running` } })
  expect(started).toMatchObject({ status: 'running', requestedBy: schedule })
  const recorded = await operations.readOperation(operationId)
  expect(recorded?.request).toMatchObject({ scheduled: true, known: { providerArn: 'arn:provider' } })
  expect(await compare(cluster, first)).toEqual(waits)
  await operations.endOperation({ operationId }, { status: 'failed' })
  expect(await compare(cluster, first)).toEqual(done)
  expect(await driftsOf(cluster)).toHaveLength(1)
  await compare(cluster, nextTime())
  expect(await driftsOf(cluster)).toHaveLength(2)
})

test('a cluster that an operation changes is compared after that operation', async () => {
  const cluster = await recordEndedSetup(setUp)
  const change = newOperation({ cluster })
  expect(await recordNext(change)).toBe('recorded')
  const at = nextTime()
  expect(await compare(cluster, at)).toEqual({ waiting: { reason: 'another operation is changing the cluster' } })
  expect(await driftsOf(cluster)).toEqual([])
  await operations.endOperation(change.operation, { status: 'succeeded' })
  await compare(cluster, at)
  expect(await driftsOf(cluster)).toHaveLength(1)
})

test('the step waits for a running drift although an operation changes the cluster meanwhile', async () => {
  const cluster = await recordEndedSetup(setUp)
  const at = nextTime()
  const waits = await compare(cluster, at)
  expect(await recordNext(newOperation({ cluster }))).toBe('recorded')
  expect(await compare(cluster, at)).toEqual(waits)
})

test('a removed cluster, one without a successful setup, and a suspended one are skipped', async () => {
  const begun = newOperation()
  expect(await recordNext(begun)).toBe('recorded')
  await operations.endOperation(begun.operation, { status: 'failed' })
  const suspended = await recordEndedSetup({ ...setUp, reconcile: 'suspended' })
  for (const cluster of ['gone', begun.operation.cluster ?? '', suspended]) {
    expect(await compare(cluster, nextTime()), cluster).toEqual(done)
    expect(await driftsOf(cluster), cluster).toEqual([])
  }
})

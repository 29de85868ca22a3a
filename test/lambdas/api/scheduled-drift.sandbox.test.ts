import { expect, test, vi } from 'vitest'
import * as events from '../../../lambdas/api/scheduled-drift.ts'
import { listOperations } from '../../../lambdas/operations/operation-list.ts'
import * as operations from '../../../lambdas/operations/operations.ts'
import { recordOperation } from '../../../lambdas/operations/record-operation.ts'
import { apiAccount } from '../../support/api.ts'
import { lambdaContext } from '../../support/lambda-context.ts'
import { newOperation, recordEndedSetup } from '../../support/operations.ts'

apiAccount()

const schedule = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/drifts'
const reader = { namespace: 'default', serviceAccount: 's3-reader' }
const setUp = { facts: {}, providerArn: 'arn:provider', webhook: { mode: 'none' }, workloads: [reader] }

/** @param meanwhile what another does while the function waits */
const call = (scheduledTime: string, meanwhile?: () => Promise<unknown>) =>
  events.startDrifts({ scheduledTime, schedule }, async () => void (await meanwhile?.()))
const drifts = async () => (await listOperations({ kind: 'drift' }, { reads: 100 })).entries
const driftsOf = async (cluster: string) => (await drifts()).filter((each) => each.cluster === cluster)

let time = 0
const nextTime = () => new Date(Date.parse('2026-11-25T06:00:00Z') + time++ * 86_400_000).toISOString()

test('each time of the schedule starts one drift of each cluster, however often it is called, asked for by the schedule', async () => {
  const [one, other] = [await recordEndedSetup(setUp), await recordEndedSetup(setUp)]
  const first = nextTime()
  await call(first)
  const waited = vi.fn(async () => undefined)
  await call(first, waited)
  expect(waited).not.toHaveBeenCalled()
  for (const cluster of [one, other]) {
    expect(await driftsOf(cluster)).toMatchObject([{ status: 'running', requestedBy: schedule }])
  }
  const [started] = await driftsOf(one)
  const recorded = await operations.readOperation(started?.operationId ?? '')
  expect(recorded?.request).toMatchObject({ scheduled: true, known: { providerArn: 'arn:provider' } })
  await call(nextTime())
  expect(await driftsOf(one)).toHaveLength(2)
})

test('a cluster that an operation changes is compared once that has ended', async () => {
  const cluster = await recordEndedSetup(setUp)
  const change = newOperation({ cluster })
  expect(await recordOperation(change)).toBe('recorded')
  await call(nextTime(), () => operations.endOperation(change.operation, { status: 'succeeded' }))
  expect(await driftsOf(cluster)).toHaveLength(1)
})

test('a cluster that stays busy, and one whose setup has not gone to its end, are left to the next time', async () => {
  const busy = await recordEndedSetup(setUp)
  const begun = newOperation()
  for (const each of [newOperation({ cluster: busy }), begun]) {
    expect(await recordOperation(each)).toBe('recorded')
  }
  await call(nextTime())
  expect(await driftsOf(busy)).toEqual([])
  await operations.endOperation(begun.operation, { status: 'failed' })
  await call(nextTime())
  expect(await driftsOf(begun.operation.cluster)).toEqual([])
})

test('a cluster whose spec suspends it is left out, and others are not', async () => {
  const [suspended, other] = [
    await recordEndedSetup({ ...setUp, reconcile: 'suspended' }),
    await recordEndedSetup(setUp),
  ]
  await call(nextTime())
  expect(await driftsOf(suspended)).toEqual([])
  expect(await driftsOf(other)).toHaveLength(1)
})

test('a call that does not say its time starts nothing, and fails, so that it is kept for somebody to look at', async () => {
  const before = await drifts()
  await expect(events.handler({ schedule }, lambdaContext())).rejects.toThrow()
  expect(await drifts()).toEqual(before)
})

/** The repair that the reconciler starts after a scheduled drift. */
import { v7 as uuidv7 } from 'uuid'
import { expect, test, vi } from 'vitest'
import * as startSetup from '../../../../lambdas/api/starts/start-setup.ts'
import { listOperations } from '../../../../lambdas/operations/lists/operation-list.ts'
import { readLock } from '../../../../lambdas/operations/lock/lock.ts'
import { stopExecution } from '../../../../lambdas/operations/reconcile/executions.ts'
import * as reconciler from '../../../../lambdas/operations/reconcile/reconciler.ts'
import { readCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import { callApi } from '../../../support/api/api.ts'
import { lambdaContext } from '../../../support/api/lambda-context.ts'
import { newOperation, recordRole } from '../../../support/api/operations.ts'
import { existingCluster } from '../../../support/api/requests.ts'
import { notifiedAccount } from '../../../support/aws/notified-account.ts'

const account = notifiedAccount()

let made = 0

test('the repair of a drift sets the recorded spec up, and does not remove leaving workloads', async () => {
  const cluster = await setUpCluster()
  await recordRole(cluster, { namespace: 'default', serviceAccount: 'leaving' })
  const drift = await drifted(cluster, ['x'])
  const [repair, ...others] = await setupsOf(cluster)
  expect(others).toHaveLength(1)
  expect(repair).toMatchObject({ status: 'running', requestedBy: `repair of drift ${drift}` })
  const { request } = (await operations.readOperation(repair?.operationId ?? '')) ?? {}
  expect(request).toMatchObject({ cluster: { name: cluster }, workloads: [{ serviceAccount: 'exporter' }] })
  expect(request).not.toHaveProperty('removed')
  const recorded = await readCluster(cluster)
  expect(recorded?.cluster.generation).toBe(1)
  expect(recorded?.workloads.map(({ serviceAccount }) => serviceAccount)).toContain('leaving')
})

test('a drift that is settled twice starts one repair', async () => {
  const cluster = await setUpCluster()
  const drift = await drifted(cluster, ['x'])
  await settled(drift)
  await repaired(cluster)
  await settled(drift)
  expect(await setupsOf(cluster)).toHaveLength(2)
})

test('a difference that was repaired is repaired again on the next day at the earliest', async () => {
  const cluster = await setUpCluster()
  const [today, tomorrow] = ['2026-11-30T04:00:00.000Z', '2026-12-01T04:00:00.000Z']
  await drifted(cluster, ['x'], today)
  await repaired(cluster)
  await drifted(cluster, ['x', 'y'], today)
  expect(await setupsOf(cluster)).toHaveLength(2)
  await drifted(cluster, ['x', 'y'], tomorrow)
  expect(await setupsOf(cluster)).toHaveLength(3)
})

test('a drift during an operation that changes the cluster starts no repair, and records no attempt', async () => {
  const cluster = await setUpCluster()
  const holder = newOperation({ operationId: uuidv7(), cluster })
  expect(await recordOperation({ ...holder, change: 'same spec' })).toBe('recorded')
  await drifted(cluster, ['x'])
  expect((await readLock(cluster))?.operationId).toBe(holder.operation.operationId)
  await operations.endOperation(holder.operation, { status: 'succeeded' })
  expect((await readCluster(cluster))?.attempts).toBeUndefined()
})

test('a drift with nothing to repair starts nothing', async () => {
  const cluster = await setUpCluster()
  await drifted(cluster, undefined)
  expect(await setupsOf(cluster)).toHaveLength(1)
})

test('a scheduled call starts the repair when the function stopped after it recorded that one', async () => {
  const cluster = await setUpCluster()
  await account.aws.faults.add({ kind: 'refuse', operation: 'states:StartExecution', times: 1 })
  await expect(drifted(cluster, ['x'])).rejects.toThrow()
  expect((await setupsOf(cluster))[0]?.status).toBe('queued')
  vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] })
  await reconciler.handler({}, lambdaContext(120_000))
  vi.useRealTimers()
  expect((await setupsOf(cluster)).map(({ status }) => status)).toEqual(['running', 'succeeded'])
})

/** Sets a cluster up, ends the operation, and returns the name of the cluster. */
async function setUpCluster(): Promise<string> {
  const cluster = `repaired-${made++}`
  const { body } = await callApi(startSetup.handler, { body: existingCluster(cluster, { reconcile: 'repair' }) })
  await operations.endOperation({ operationId: body.operationId, cluster }, { status: 'succeeded' })
  await stopExecution({ operationId: body.operationId, kind: 'setup' }, 'test')
  return cluster
}

/** Ends a scheduled drift as its workflow does, calls the reconciler, and returns the operation's ID. */
async function drifted(cluster: string, toRepair: string[] | undefined, createdAt = new Date().toISOString()) {
  const { operation } = newOperation({ operationId: uuidv7(), kind: 'drift', cluster, createdAt })
  expect(await recordOperation({ operation, request: { scheduled: true } })).toBe('recorded')
  await operations.endOperation(
    { operationId: operation.operationId },
    { status: 'succeeded', ...(toRepair && { toRepair }) },
  )
  await settled(operation.operationId)
  return operation.operationId
}

function settled(operationId: string) {
  return reconciler.handler({ detail: { name: operationId, status: 'SUCCEEDED' } }, lambdaContext(120_000))
}

/** Ends the repair that holds the lock. */
async function repaired(cluster: string): Promise<void> {
  const operationId = (await readLock(cluster))?.operationId ?? ''
  await operations.endOperation({ operationId, cluster }, { status: 'succeeded' })
  await stopExecution({ operationId, kind: 'setup' }, 'test')
}

async function setupsOf(cluster: string) {
  return (await listOperations({ cluster, kind: 'setup' }, { itemsToRead: 100 })).entries
}

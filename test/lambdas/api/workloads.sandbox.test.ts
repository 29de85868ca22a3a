import { beforeAll, expect, test } from 'vitest'
import * as listWorkloads from '../../../lambdas/api/workloads/list-workloads.ts'
import { workloadPage } from '../../../lambdas/api/workloads/workload-view.ts'
import { acquireLock, releaseLock } from '../../../lambdas/operations/lock/lock.ts'
import { endOperation } from '../../../lambdas/operations/record/operations.ts'
import { writeStatus } from '../../../lambdas/operations/record/status-record.ts'
import { workloadKey } from '../../../lambdas/operations/record/workload-record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { newOperation, recordRole } from '../../support/api/operations.ts'

apiAccount()

const recorded = [
  ['prod', 'default', 'writer'],
  ['prod', 'team-a', 'reader'],
  ['prod', 'team-a-b', 'reader'],
  ['prod-1', 'team-a', 'reader'],
  ['prod0', 'default', 'reader'],
] as const
/** Its name sorts last, and its record was created first. */
const newest = ['zone', 'default', 'reader'] as const

beforeAll(async () => {
  for (const [cluster, namespace, serviceAccount] of [newest, ...recorded]) {
    await recordRole(cluster, { namespace, serviceAccount })
  }
})

const list = async (query: Record<string, string> = {}) => {
  const { status, body } = await callApi(listWorkloads.handler, { query })
  expect(status).toBe(200)
  return workloadPage.parse(body)
}

const named = async (query: Record<string, string>) => {
  const { workloads } = await list(query)
  return workloads.map(({ cluster, namespace, serviceAccount }) => [cluster, namespace, serviceAccount])
}

test('a page continues after the last entry of the one before', async () => {
  const shown: unknown[] = []
  let query: Record<string, string> = { limit: '2' }
  for (let page = 0; page < 4; page++) {
    const { workloads, next } = await list(query)
    shown.push(...workloads.map(({ cluster, namespace, serviceAccount }) => [cluster, namespace, serviceAccount]))
    if (next === undefined) break
    expect(next.split('?')[0]).toBe('/v1/workloads')
    query = Object.fromEntries(new URLSearchParams(next.split('?')[1]))
  }
  expect(shown).toEqual([...recorded, newest])
})

test('the filters by cluster and by namespace match complete names, not prefixes', async () => {
  expect(await named({ cluster: 'prod' })).toEqual(recorded.slice(0, 3))
  expect(await named({ cluster: 'prod', namespace: 'team-a' })).toEqual(recorded.slice(1, 2))
  expect(await named({ namespace: 'team-a', limit: '2' })).toEqual([recorded[1], recorded[3]])
  expect(await named({ cluster: 'prod', after: 'prod#default#writer' })).toEqual(recorded.slice(1, 3))
  expect(await named({ cluster: 'prod', after: 'zzz' })).toEqual([])
  expect(await named({ cluster: 'prod', after: 'aaa' })).toEqual(recorded.slice(0, 3))
  expect(await named({ cluster: 'pro' })).toEqual([])
})

test('a workload shows its role, its last proof and its conditions', async () => {
  const at = '2026-11-25T12:00:00.000Z'
  const ref = { namespace: 'default', serviceAccount: 'reader' }
  const since = { lastTransitionTime: at, message: '' }
  const verified = { status: 'False', reason: 'VerificationFailed', ...since } as const
  const roleReady = { status: 'True', reason: 'Succeeded', ...since } as const
  const conditions = { RoleReady: roleReady, Verified: verified }
  await recordRole('prod0', ref, { roleArn: 'arn:aws:iam::000000000000:role/wi/reader' })
  await writeStatus(workloadKey('prod0', ref), { conditions: {} }, { verifiedAt: at, conditions })
  expect((await list({ cluster: 'prod0' })).workloads).toEqual([
    {
      cluster: 'prod0',
      ...ref,
      leaving: true,
      roleArn: 'arn:aws:iam::000000000000:role/wi/reader',
      verifiedAt: at,
      health: { state: 'failing', because: 'Verified' },
      conditions: [
        { type: 'RoleReady', ...roleReady },
        { type: 'Verified', ...verified },
      ],
    },
  ])
})

test('only a workload that an operation may change is shown as changing, with that operation', async () => {
  const { operation, ...rest } = newOperation({ cluster: 'prod-1' })
  expect(await recordOperation({ operation, ...rest })).toBe('recorded')
  const { operationId } = operation
  await acquireLock('zone', operationId)
  const running = { health: { state: 'changing' }, runningOperationId: operationId }
  const idle = { health: { state: 'unknown' } }
  const shown = async () => {
    const { workloads } = await list({ namespace: 'default' })
    return Object.fromEntries(
      workloads.map(({ cluster, health, runningOperationId }) => [cluster, { health, runningOperationId }]),
    )
  }
  expect((await list({ cluster: 'prod-1' })).workloads).toMatchObject([running])
  expect(await shown()).toMatchObject({ prod: idle, zone: running })
  await endOperation(operation, { status: 'succeeded' })
  // Its lock of the other cluster is stale from now on.
  expect(await shown()).toMatchObject({ prod: idle, zone: idle })
  await releaseLock('zone', operationId)
})

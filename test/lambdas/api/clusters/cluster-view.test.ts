import { describe, expect, test } from 'vitest'
import { clusterSummaryOf, clusterViewOf, workloadsForHealth } from '../../../../lambdas/api/clusters/cluster-view.ts'
import type { Holder } from '../../../../lambdas/operations/lock/stale-lock.ts'
import type { ClusterStatus, Condition, WorkloadItem } from '../../../../lambdas/operations/record/record.ts'
import { clusterRecord, workloadRecord } from '../../../support/api/cluster-record.ts'

const waiting = {
  status: 'False',
  reason: 'Waiting',
  message: 'its issuer is another one',
  lastTransitionTime: '2026-11-25T10:00:00.000Z',
} as const

function conditionOf(holder?: Holder) {
  const cluster = clusterRecord({ status: { conditions: { ClusterReady: waiting } }, lastOperationId: 'op-1' })
  return clusterViewOf({ cluster, workloads: [] }, { thumbprints: [], holder }).status.conditions[0]
}

test('a condition is Waiting while an operation may change the cluster', () => {
  expect(conditionOf({ operationId: 'op-1', kind: 'setup' })).toEqual({ type: 'ClusterReady', ...waiting })
})

test('after a cancel a waiting condition is Stopped, and says what the operation waited for', () => {
  expect(conditionOf()).toEqual({
    ...waiting,
    type: 'ClusterReady',
    reason: 'Stopped',
    message:
      'no operation waits for this now. "wid watch op-1" shows how the last operation ended. The last reason to wait: its issuer is another one',
  })
})

test('a webhook is shown with the dates of its certificate, whichever authority signed it', () => {
  const made = { notBefore: '2026-01-01T00:00:00.000Z', notAfter: '2027-01-01T00:00:00.000Z' }
  const signed = { notBefore: '2026-02-01T00:00:00.000Z', notAfter: '2027-02-01T00:00:00.000Z' }
  const shown = (status: Partial<ClusterStatus>) => {
    const cluster = clusterRecord({ status: { conditions: {}, ...status } })
    return clusterViewOf({ cluster, workloads: [] }, { thumbprints: [] }).status
  }
  expect(shown({ webhook: { mode: 'csr' }, webhookCertificate: signed })).toMatchObject({
    webhook: { mode: 'csr', certificate: signed },
  })
  const ofOwn = shown({ webhook: { mode: 'own-ca', certificate: made }, webhookCertificate: signed })
  expect(ofOwn.webhook).toEqual({ mode: 'own-ca', certificate: made })
  expect(ofOwn).not.toHaveProperty('webhookCertificate')
  expect(shown({ webhook: { mode: 'csr' } }).webhook).toEqual({ mode: 'csr' })
  expect(shown({ webhookCertificate: signed })).not.toHaveProperty('webhook')
})

test('conditions are listed, and those of the workloads are aggregated to conditions of the cluster', () => {
  const at = (second: number) => `2026-11-25T12:00:0${second}.000Z`
  const condition = (status: 'True' | 'False', second: number, reason = 'Succeeded') => ({
    ...{ status, reason, message: '', lastTransitionTime: at(second) },
  })
  const ready = { RoleReady: condition('True', 1), AccountBound: condition('True', 2), Verified: condition('True', 3) }
  const viewed = (...workloads: WorkloadItem[]) => {
    const cluster = clusterRecord({ status: { conditions: { ClusterReady: condition('True', 0) } } })
    return clusterViewOf({ cluster, workloads }, { thumbprints: [] }).status.conditions
  }
  expect(viewed(workload('a', ready), workload('b', ready))).toEqual([
    { type: 'ClusterReady', ...condition('True', 0) },
    { type: 'WorkloadsReady', ...condition('True', 2) },
    { type: 'Verified', ...condition('True', 3) },
  ])
  const failed = { ...ready, Verified: condition('False', 4, 'VerificationFailed') }
  expect(viewed(workload('a', ready), workload('b', failed))).toContainEqual({
    ...{ type: 'Verified', message: 'default/b' },
    ...{ status: 'False', reason: 'VerificationFailed', lastTransitionTime: at(4) },
  })
  expect(viewed(workload('a', ready), workload('b', {}))).toContainEqual({
    ...{ type: 'Verified', message: 'default/b' },
    ...{ status: 'Unknown', reason: 'NotReached', lastTransitionTime: at(3) },
  })
  expect(viewed(workload('a', {}))).toEqual([{ type: 'ClusterReady', ...condition('True', 0) }])
})

test('a summary names the running operation, the last proof and the end of the credentials, where there are any', () => {
  const at = '2026-11-25T12:00:00.000Z'
  const conditions = {
    ClusterReady: { status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: at },
  } as const
  const without = { cluster: clusterRecord({ status: { conditions } }), workloads: [] }
  expect(clusterSummaryOf(without)).toEqual({
    ...{ name: without.cluster.cluster, provider: 'gke-on-aws', connection: 'direct', health: { state: 'ready' } },
    ...{ lastOperationId: 'o', createdAt: at, updatedAt: at },
  })
  const credentials = { endsAt: '2026-12-01T00:00:00.000Z' }
  const cluster = clusterRecord({ status: { conditions, verifiedAt: at, credentials } })
  expect(
    clusterSummaryOf({ cluster, workloads: [] }, { holder: { operationId: 'op-1', kind: 'setup' } }),
  ).toMatchObject({
    health: { state: 'changing' },
    runningOperationId: 'op-1',
    verifiedAt: at,
    credentialsEndAt: credentials.endsAt,
  })
})

test('a workload is changing while an operation may change its cluster, and otherwise as its conditions say', () => {
  const workloads = [workload('a', { Verified: waiting })]
  const healthWith = (holder?: Holder) =>
    clusterViewOf({ cluster: clusterRecord(), workloads }, { thumbprints: [], holder }).status.workloads[0]?.health
  expect(healthWith({ operationId: 'op-1', kind: 'setup' })).toEqual({ state: 'changing' })
  expect(healthWith()).toEqual({ state: 'failing', because: 'Verified' })
})

test('the message of a workload is shown with its name in the condition of the cluster', () => {
  const refused = { ...waiting, reason: 'AccessDenied', message: 'STS refuses the token' }
  const workloads = [workload('a', { Verified: refused })]
  const { conditions } = clusterViewOf({ cluster: clusterRecord(), workloads }, { thumbprints: [] }).status
  expect(conditions).toContainEqual({ type: 'Verified', ...refused, message: 'default/a: STS refuses the token' })
})

describe('InSync of the cluster', () => {
  const inSync = (status: Condition['status'], message: string, severity?: Condition['severity']): Condition => ({
    ...{ status, reason: 'Drifted', message, lastTransitionTime: waiting.lastTransitionTime },
    ...(severity && { severity }),
  })
  const [same, unknown] = [inSync('True', ''), inSync('Unknown', 'no answer')]
  const [cosmetic, serious] = [inSync('False', 'a label', 'cosmetic'), inSync('False', 'a policy', 'security')]

  test.each([
    ['is its own without workloads', same, [], same],
    ['is that of a workload before its own first comparison', undefined, [same], same],
    ['is True when all are', same, [same, same], same],
    ['is Unknown when one is, and names the workload', same, [same, unknown], inNamed('default/1', unknown)],
    [
      'is the difference of a workload rather than what is Unknown',
      unknown,
      [unknown, cosmetic],
      inNamed('default/1', cosmetic),
    ],
    ['is the most severe difference', cosmetic, [cosmetic, serious], inNamed('default/1', serious)],
    ['is its own difference when no other is more severe', serious, [cosmetic, serious], serious],
  ])('%s', (_, own, ofWorkloads, shown) => {
    const cluster = clusterRecord({ status: { conditions: own ? { InSync: own } : {} } })
    const workloads = ofWorkloads.map((one, index) => workload(String(index), { InSync: one }))
    const { conditions } = clusterViewOf({ cluster, workloads }, { thumbprints: [] }).status
    expect(conditions.filter(({ type }) => type === 'InSync')).toEqual([{ type: 'InSync', ...shown }])
  })
})

test('ready workloads are authorized only beside one that is not ready, and only until the caller may see one', () => {
  const condition = { status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: '' } as const
  const ready = { RoleReady: condition, AccountBound: condition, Verified: condition }
  const allReady = [workload('a', ready), workload('b', ready), workload('c', ready)]
  const deciding = (workloads: readonly WorkloadItem[], seen: readonly string[]) => {
    const authorized: string[] = []
    const maySee = ({ serviceAccount }: WorkloadItem) =>
      authorized.push(serviceAccount) > 0 && seen.includes(serviceAccount)
    const names = workloadsForHealth(workloads, maySee).map(({ serviceAccount }) => serviceAccount)
    return { names, authorized }
  }
  expect(deciding(allReady, ['a'])).toEqual({ names: [], authorized: [] })
  const broken = [
    ...allReady,
    workload('x', {}),
    workload('y', { ...ready, Verified: { ...condition, status: 'False' } }),
  ]
  expect(deciding(broken, [])).toEqual({ names: [], authorized: ['x', 'y'] })
  expect(deciding(broken, ['b', 'y'])).toEqual({ names: ['y', 'b'], authorized: ['x', 'y', 'a', 'b'] })
})

function workload(serviceAccount: string, conditions: WorkloadItem['status']['conditions']) {
  return workloadRecord({ namespace: 'default', serviceAccount }, { status: { conditions } })
}

function inNamed(item: string, condition: Condition): Condition {
  return { ...condition, message: `${item}: ${condition.message}` }
}

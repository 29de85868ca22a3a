import { expect, test } from 'vitest'
import { clusterViewOf } from '../../../../lambdas/api/clusters/cluster-view.ts'
import type { Holder } from '../../../../lambdas/operations/lock/stale-lock.ts'
import { exampleRequest } from '../../../support/api/requests.ts'

const at = '2026-11-25T10:00:00.000Z'
const waiting = {
  status: 'False',
  reason: 'Waiting',
  message: 'its issuer is another one',
  lastTransitionTime: at,
} as const

function conditionOf(holder?: Holder) {
  const { workloads: _, ...spec } = exampleRequest('setup')
  const status = { conditions: { ClusterReady: waiting } }
  const cluster = {
    cluster: 'prod-eu',
    spec,
    status,
    generation: 1,
    lastOperationId: 'op-1',
    createdAt: at,
    updatedAt: at,
  }
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
      'nothing waits any more: "wid watch op-1" says how the last operation ended. It waited for: its issuer is another one',
  })
})

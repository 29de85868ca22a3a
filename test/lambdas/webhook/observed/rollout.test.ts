import { describe, expect, it } from 'vitest'
import { newestUnready, reasonNotRolledOut, reasonOfPod } from '../../../../lambdas/webhook/observed/rollout.ts'

const done = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2 }
const deployment = (status: Partial<Parameters<typeof reasonNotRolledOut>[0] & object>['status']) => ({
  metadata: { generation: 3 },
  status: { ...done, ...status },
})

describe('a Deployment', () => {
  it('is rolled out when all of its pods are new and available, whatever its other conditions', () => {
    expect(reasonNotRolledOut(deployment({}), 2)).toBeUndefined()
    const conditions = [
      { type: 'Progressing', status: 'True' },
      { type: 'ReplicaFailure', status: 'False' },
    ]
    expect(reasonNotRolledOut(deployment({ conditions }), 2)).toBeUndefined()
  })

  it.each([
    [undefined, 'it does not exist'],
    [deployment({ observedGeneration: 2 }), 'the cluster has not observed it yet'],
    [deployment({ updatedReplicas: 1 }), '1 of 2 pods have the current version'],
    [deployment({ replicas: 3 }), 'pods of the previous version still run'],
    [deployment({ availableReplicas: 1 }), '1 of 2 pods are available'],
    [{ metadata: { generation: 1 }, status: { observedGeneration: 1 } }, '0 of 2 pods have the current version'],
    [{ metadata: { generation: 1 } }, 'the cluster has not observed it yet'],
    [
      deployment({ conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' }] }),
      'its pods cannot be created (FailedCreate)',
    ],
  ])('is not rolled out: %j', (observed, reason) => {
    expect(reasonNotRolledOut(observed, 2)).toBe(reason)
  })
})

describe('the pod that a waiting Deployment reports', () => {
  const pod = (name: string, minute: number, ready: boolean) => ({
    metadata: { name, creationTimestamp: new Date(Date.UTC(2026, 0, 1, 0, minute)) },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  })

  it('is the newest that is not ready', () => {
    expect(newestUnready([pod('a', 1, false), pod('b', 3, true), pod('c', 2, false)])?.metadata.name).toBe('c')
    expect(newestUnready([pod('a', 1, true)])).toBeUndefined()
    expect(newestUnready([{ metadata: { name: 'new' } }])).toBeDefined()
  })

  it('is chosen by its condition Ready alone', () => {
    const conditions = (ready: string, scheduled: string) => [
      { type: 'Ready', status: ready },
      { type: 'PodScheduled', status: scheduled },
    ]
    expect(newestUnready([{ status: { conditions: conditions('True', 'False') } }])).toBeUndefined()
    expect(newestUnready([{ status: { conditions: conditions('False', 'True') } }])).toBeDefined()
  })

  it('has the reason of the kubelet or the scheduler, and no free text', () => {
    const waiting = (reason: string) => ({ status: { containerStatuses: [{ state: { waiting: { reason } } }] } })
    expect(reasonOfPod(waiting('ImagePullBackOff'))).toBe('ImagePullBackOff')
    expect(reasonOfPod(waiting('a sentence of somebody'))).toBeUndefined()
    expect(reasonOfPod({ status: { containerStatuses: [{ state: { terminated: { reason: 'Error' } } }] } })).toBe(
      'Error',
    )
    expect(
      reasonOfPod({ status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] } }),
    ).toBe('Unschedulable')
    expect(reasonOfPod({})).toBeUndefined()
  })

  it('has the reason of its first container with one, and of no condition but PodScheduled', () => {
    const containerStatuses = [{ state: {} }, { state: { waiting: { reason: 'CrashLoopBackOff' } } }]
    const conditions = [
      { type: 'Ready', status: 'False', reason: 'ContainersNotReady' },
      { type: 'PodScheduled', status: 'True', reason: 'Scheduled' },
    ]
    expect(reasonOfPod({ status: { containerStatuses, conditions } })).toBe('CrashLoopBackOff')
    expect(reasonOfPod({ status: { conditions } })).toBeUndefined()
  })
})

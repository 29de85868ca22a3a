import { expect, test } from 'vitest'
import { setupOperation } from '../../../../lambdas/api/starts/setup-operation.ts'
import type { RecordedCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import { bareRole, clusterRecord, leavingWorkload, workloadRecord } from '../../../support/api/cluster-record.ts'
import { exampleRequest } from '../../../support/api/requests.ts'

/** A cluster with leaving workloads of the longest names. */
function withLeaving(count: number): RecordedCluster {
  const workloads = Array.from({ length: count }, (_, index) =>
    leavingWorkload({ namespace: 'n'.repeat(63), serviceAccount: `${index}-`.padEnd(253, 'a') }),
  )
  return { cluster: clusterRecord(), workloads }
}

test('leaving workloads count in the size of the input, although the caller may not remove them: the operation for waiting spec changes does', () => {
  const request = exampleRequest('setup')
  const workloads = request.workloads.map((one) => ({ ...one, manager: 'api' }))
  const start = (count: number) => setupOperation({ maySee: () => false }, request, withLeaving(count), workloads)
  expect(start(600).request).not.toHaveProperty('removed')
  expect(() => start(750)).toThrow(expect.objectContaining({ problem: expect.objectContaining({ status: 409 }) }))
})

test('a setup removes the workloads that its request takes out, and earlier ones that the caller may remove', () => {
  const ref = (serviceAccount: string) => ({ namespace: 'default', serviceAccount })
  const recorded = {
    cluster: clusterRecord(),
    workloads: [workloadRecord(ref('now')), leavingWorkload(ref('earlier'))],
  }
  const request = exampleRequest('setup')
  const workloads = [{ ...ref('stays'), role: bareRole, manager: 'api' }]
  const start = (may: boolean) => setupOperation({ maySee: () => may }, request, recorded, workloads)
  expect(start(true).request).toMatchObject({ removed: [ref('now'), ref('earlier')] })
  expect(start(false).request).toMatchObject({ removed: [ref('now')] })
  expect(start(true).change).toMatchObject({ generation: 2, workloads })
})

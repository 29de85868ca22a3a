import { expect, test } from 'vitest'
import { isRecordedSpec } from '../../../../lambdas/api/spec/recorded-spec.ts'
import type { RecordedCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import type { ClusterSpec } from '../../../../lambdas/operations/record/record.ts'
import { exampleRequest } from '../../../support/api/requests.ts'

const at = '2026-11-30T12:00:00.000Z'

function recordedAs(spec: ClusterSpec): RecordedCluster {
  const status = { conditions: {} }
  const cluster = { cluster: spec.cluster.name, spec, generation: 1, status, lastOperationId: 'o' }
  return { cluster: { ...cluster, createdAt: at, updatedAt: at }, workloads: [] }
}

test('a request that omits the recorded bucket equals the recorded spec', () => {
  const { discovery } = exampleRequest('setup')
  const request = exampleRequest('setup', {
    'cluster.spec': undefined,
    'cluster.nodePools': undefined,
    discovery: undefined,
  })
  const { workloads: _, ...spec } = request
  const kept = recordedAs({ ...spec, ...(discovery && { discovery }) })
  expect(isRecordedSpec(request, request, kept)).toBe(true)
  const other = { ...request, cluster: { ...request.cluster, readyTimeoutMinutes: 5 } }
  expect(isRecordedSpec(other, other, kept)).toBe(false)
})

test('the comparison with the recorded spec ignores workloads and adoption', () => {
  const request = exampleRequest('existing-cluster')
  const { workloads: _, ...spec } = request
  const recorded = recordedAs(spec)
  const other = { ...request, workloads: [], adopt: !request.adopt }
  expect(isRecordedSpec(other, other, recorded)).toBe(true)
  expect(isRecordedSpec(other, other, undefined)).toBe(false)
})

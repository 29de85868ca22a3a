import { expect, test } from 'vitest'
import { isRecordedSpec } from '../../../../lambdas/api/spec/recorded-spec.ts'
import { clusterRecord } from '../../../support/api/cluster-record.ts'
import { exampleRequest } from '../../../support/api/requests.ts'

test('a request that omits the recorded bucket equals the recorded spec', () => {
  const { discovery } = exampleRequest('setup')
  const request = exampleRequest('setup', {
    'cluster.spec': undefined,
    'cluster.nodePools': undefined,
    discovery: undefined,
  })
  const { workloads: _, ...spec } = request
  const cluster = clusterRecord({ spec: { ...spec, ...(discovery && { discovery }) } })
  const recorded = { cluster, workloads: [] }
  expect(isRecordedSpec(request, request, recorded)).toBe(true)
  const other = { ...request, cluster: { ...request.cluster, readyTimeoutMinutes: 5 } }
  expect(isRecordedSpec(other, other, recorded)).toBe(false)
})

test('the comparison with the recorded spec ignores workloads and adoption', () => {
  const request = exampleRequest('existing-cluster')
  const { workloads: _, ...spec } = request
  const recorded = { cluster: clusterRecord({ spec }), workloads: [] }
  const other = { ...request, workloads: [], adopt: !request.adopt }
  expect(isRecordedSpec(other, other, recorded)).toBe(true)
  expect(isRecordedSpec(other, other, undefined)).toBe(false)
})

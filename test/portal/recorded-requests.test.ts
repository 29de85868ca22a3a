import { describe, expect, it } from 'vitest'
import { teardownOf } from '../../lambdas/workflows/teardown/teardown.ts'
import { isReportOnly, recordedRevocation, recordedTeardown } from '../../portal/src/api/recorded-requests.ts'
import { exampleRequest } from '../support/api/requests.ts'

const reader = { namespace: 'default', serviceAccount: 's3-reader' }

function recordedCluster() {
  const { workloads: _, ...spec } = exampleRequest('setup')
  const time = '2026-11-25T12:00:00.000Z'
  const status = { conditions: {} }
  return { cluster: 'prod-eu', spec, status, generation: 1, lastOperationId: 'o', createdAt: time, updatedAt: time }
}

describe('reads the request of an operation from its record', () => {
  it('for a teardown of a cluster, and of one workload', () => {
    const recorded = { cluster: recordedCluster(), workloads: [] }
    const options = { deleteCluster: true, force: false, dryRun: true }
    expect(recordedTeardown('prod-eu', asRecorded(teardownOf(recorded, undefined, options)))).toEqual({
      cluster: 'prod-eu',
      ...options,
    })
    const kept = { ...options, deleteCluster: false }
    expect(recordedTeardown('prod-eu', asRecorded(teardownOf(recorded, reader, kept)))).toEqual({
      cluster: 'prod-eu',
      workload: reader,
      ...kept,
    })
  })

  it('for a revocation and a rotation', () => {
    const key = { kid: 'k1', thumbprint: 't' }
    const request = { before: ['k1'], revoke: { key, force: true, revokedBy: 'arn' } }
    expect(recordedRevocation('prod-eu', { request })).toEqual({ cluster: 'prod-eu', kid: 'k1', force: true })
    expect(isReportOnly({ request: { dryRun: true } })).toBe(true)
    expect(isReportOnly({ request: { dryRun: false } })).toBe(false)
  })

  it('unless another version recorded it in another format', () => {
    expect(recordedTeardown('prod-eu', { request: { whole: false, workloads: [] } })).toBeUndefined()
    expect(recordedRevocation('prod-eu', { request: {} })).toBeUndefined()
  })
})

function asRecorded(made: object): { readonly request: Record<string, unknown> } {
  if ('request' in made) return { request: Object(made.request) }
  throw new Error(JSON.stringify(made))
}

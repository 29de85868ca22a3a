import { describe, expect, it } from 'vitest'
import { cellsOf, sampleOf, slicedCells } from '../support/cells.ts'
import { kindsOfFaults } from '../support/kinds.ts'
import { isOfOneCluster, outsideCallOf, patternsFor } from '../support/outside-calls.ts'

const calls = ['a', 'b', 'c'].map((object) => ({ server: 'google', operation: 'storage.buckets.get', object }) as const)
const cells = cellsOf(calls)
const own = { cluster: 'faulty-7', steps: ['CreateRole', 'Verify'] }
const caller = { actor: 'arn:aws:sts::0:assumed-role/Wid-CreateRoleServiceRole1/create-role', step: 'CreateRole' }

describe('the cells of a workflow', () => {
  it('have each fault of each call, once and always', () => {
    expect(cells).toHaveLength(3 * 8 * 2)
  })

  it('can be divided into slices', () => {
    const slices = ['1/5', '2/5', '3/5', '4/5', '5/5'].map((text) => [...slicedCells('setup', cells, text)])
    expect(new Set(slices.flat())).toEqual(new Set(cells))
    expect(slices.flat()).toHaveLength(cells.length)
    expect(slicedCells('setup', cells, undefined)).toEqual(new Set(cells))
    expect(() => slicedCells('setup', cells, '6/5')).toThrow('6/5 is no slice')
    expect(() => slicedCells('setup', cells, '0/5')).toThrow('0/5 is no slice')
  })

  it('have a deterministic sample with one cell of each requested fault, and none that takes minutes', () => {
    const faults = kindsOfFaults.map(({ name }) => name)
    const sample = sampleOf('setup', cells, faults)
    expect(new Set(sample.map(({ fault }) => fault)).size).toBe(8)
    expect(sample).toHaveLength(8)
    expect(sampleOf('setup', cells, ['503'])).toEqual(sample.filter(({ fault }) => fault === '503'))
    expect(sampleOf('setup', cells.toReversed(), faults)).toEqual(sample)
    expect(sampleOf('teardown', cells, faults)).not.toEqual(sample)
    expect(sample.filter(({ fault, often }) => fault === '20 s late' && often === 'always')).toEqual([])
  })
})

describe('an outside call', () => {
  it('is recorded with placeholders, which can be replaced by the names of a cluster', () => {
    const object = 'arn:aws:iam::0:role/workload-identity/faulty-7/faulty-7-default-a-0123456789ab'
    const call = outsideCallOf('aws', { ...caller, operation: 'iam:GetRole', object }, own)
    expect(call).toEqual({
      server: 'aws',
      operation: 'iam:GetRole',
      object: 'arn:aws:iam::0:role/workload-identity/CLUSTER/CLUSTER-default-a*',
      step: 'CreateRole',
    })
    expect(call && patternsFor(call, 'other')).toEqual({
      operation: 'iam:GetRole',
      object: 'arn:aws:iam::0:role/workload-identity/other/other-default-a*',
      step: 'CreateRole',
    })
  })

  it('can be unsigned, or signed by the workload', () => {
    const assumed = 'arn:aws:sts::0:assumed-role/faulty-7-default-a-0123456789ab/workload-identity-verification'
    const operation = 'sts:GetCallerIdentity'
    expect(outsideCallOf('aws', { actor: 'anonymous', step: 'Verify', operation, object: '*' }, own)).toMatchObject({
      actor: 'anonymous',
    })
    const call = outsideCallOf('aws', { actor: assumed, step: 'Verify', operation, object: '*' }, own)
    expect(call).toMatchObject({
      actor: 'arn:aws:sts::0:assumed-role/CLUSTER-default-a*/workload-identity-verification',
    })
    expect(call && isOfOneCluster(call)).toBe(true)
  })

  it('has no random characters', () => {
    const secret = 'arn:aws:secretsmanager:e:0:secret:workload-identity/faulty-7/management-AbC123'
    const read = { ...caller, operation: 'secretsmanager:GetSecretValue', object: secret }
    expect(outsideCallOf('aws', read, own)?.object).toBe(
      'arn:aws:secretsmanager:e:0:secret:workload-identity/CLUSTER/management*',
    )
    const path = 'PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/csr-x2b7q/approval'
    expect(outsideCallOf('cluster', { actor: 'admin', operation: path, object: '' }, own)).toEqual({
      server: 'cluster',
      operation: 'PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/*/approval',
    })
  })

  it('is not a call to the record or the workflow, or a call of the webhook or the test', () => {
    const none = (server: 'aws' | 'cluster', call: { actor: string; operation: string }) =>
      outsideCallOf(server, { ...call, object: '*' }, own)
    expect(none('aws', { ...caller, operation: 'dynamodb:BatchGetItem' })).toBeUndefined()
    expect(none('aws', { actor: 'arn:aws:iam::0:root', operation: 'iam:GetRole' })).toBeUndefined()
    expect(
      none('cluster', { actor: 'system:serviceaccount:a:pod-identity-webhook', operation: 'GET /x' }),
    ).toBeUndefined()
  })

  it('belongs to one cluster when it names the cluster, or goes to its API server', () => {
    expect(isOfOneCluster({ server: 'cluster', operation: 'GET /version' })).toBe(true)
    expect(isOfOneCluster({ server: 'management', operation: 'GET /version' })).toBe(false)
    expect(isOfOneCluster({ server: 'google', operation: 'storage.buckets.get', object: 'CLUSTER-discovery' })).toBe(
      true,
    )
  })
})

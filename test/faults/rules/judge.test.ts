import { describe, expect, it } from 'vitest'
import type { Cell } from '../support/cells.ts'
import { type Failure, faultsOfReport } from '../support/judge.ts'

const action = 'Do something'
const steps = [
  { state: 'ApplyCluster', from: 100, to: 200 },
  { state: 'CheckCluster', from: 200, to: 300 },
]
const ofCluster: Cell = { call: { server: 'cluster', operation: 'GET /version' }, fault: '503', often: 'always' }
const ofAws: Cell = {
  call: { server: 'aws', operation: 'iam:GetRole', object: 'arn:aws:iam::0:role/CLUSTER-*', step: 'CreateRole' },
  fault: 'reset before',
  often: 'always',
}

function failure(error: Partial<Failure['error']>): Failure {
  const reported = { name: 'CloudUnavailable', object: 'cluster own', reason: 'it is away', action, ...error }
  return { cluster: 'own', error: reported, steps, metAt: [50, 250] }
}

describe('the report of a fault', () => {
  it('is correct with a step that met the fault, the cluster, and an error that follows from the fault', () => {
    expect(faultsOfReport(ofCluster, failure({ step: 'CheckCluster' }))).toEqual([])
  })

  it('is wrong with another step', () => {
    expect(faultsOfReport(ofCluster, failure({ step: 'ApplyCluster' }))).toEqual(['step ApplyCluster'])
    expect(faultsOfReport(ofCluster, failure({ step: 'Verify' }))).toEqual(['step Verify'])
  })

  it('is wrong with another object', () => {
    expect(faultsOfReport(ofCluster, failure({ step: 'CheckCluster', object: 'gs://b' }))).toEqual(['object gs://b'])
  })

  it('is wrong with an error that does not follow from the fault', () => {
    const wrong = failure({ step: 'CheckCluster', name: 'OwnershipConflict' })
    expect(faultsOfReport(ofCluster, wrong)).toEqual(['error OwnershipConflict'])
  })

  it('of AWS has the step that made the call, and the action or the object', () => {
    const reported = { step: 'CreateRole', name: 'Unreachable', object: 'x' }
    expect(faultsOfReport(ofAws, failure({ ...reported, reason: 'no answer to iam:GetRole' }))).toEqual([])
    expect(faultsOfReport(ofAws, failure({ ...reported, object: 'arn:aws:iam::0:role/own-1' }))).toEqual([])
    expect(faultsOfReport(ofAws, failure({ ...reported, step: 'Verify' }))).toEqual(['step Verify', 'object x'])
  })

  it('may be the timeout of a wait, with the fault in its reason', () => {
    const reported = { step: 'CheckCluster', name: 'ClusterNotReady', object: 'cluster own' }
    const reason =
      'the cluster was not ready: https://h/own-discovery/x: its host could not serve it just now (status 503)'
    expect(faultsOfReport(ofCluster, failure({ ...reported, reason }))).toEqual([])
    expect(faultsOfReport(ofCluster, failure({ ...reported, reason: 'the cluster was not ready: no nodes' }))).toEqual([
      'error ClusterNotReady',
    ])
  })
})

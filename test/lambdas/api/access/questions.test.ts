import { describe, expect, test } from 'vitest'
import {
  addedWorkloadQuestions,
  chosenResource,
  clusterTeardownQuestions,
  operationResource,
  planQuestions,
  revocationQuestions,
  setupQuestions,
  workloadTeardownQuestions,
} from '../../../../lambdas/api/access/questions.ts'
import type { OperationItem } from '../../../../lambdas/operations/record/record.ts'
import { defaultRoleName } from '../../../../lambdas/role/name.ts'
import { memberAccount } from '../../../../sandbox/account.ts'
import { exampleRequest } from '../../../support/api/requests.ts'
import { deployment } from '../../../support/steps/deployment.ts'

const here = exampleRequest('existing-cluster')
const there = exampleRequest('existing-cluster', { 'cluster.awsAccountId': memberAccount.id })
const asked = {
  action: 'use-account',
  resource: { type: 'Cluster', cluster: 'on-premises' },
  awsAccountId: memberAccount.id,
}

test('a setup and a plan ask about another account than that of the deployment', () => {
  expect(setupQuestions(there, deployment)).toContainEqual(asked)
  expect(planQuestions(there, false, deployment)).toContainEqual(asked)
  for (const questions of [setupQuestions(here, deployment), planQuestions(here, false, deployment)]) {
    expect(questions.map(({ action }) => action)).not.toContain('use-account')
  }
})

test('a plan of a cluster as it is recorded does not ask about its account: whoever may add workloads may plan them', () => {
  expect(planQuestions(there, true, deployment)).toEqual(planQuestions(here, true, deployment))
})

const cluster = { type: 'Cluster', cluster: 'prod' }
const reader = { namespace: 'default', serviceAccount: 'reader' }
const workload = { type: 'Workload', cluster: 'prod', ...reader }
const policyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const inlinePolicy = { Version: '2012-10-17', Statement: [] }

describe('an operation', () => {
  const operation: OperationItem = {
    operationId: 'o',
    kind: 'setup',
    cluster: 'prod',
    status: 'running',
    requestedBy: 'alice',
    createdAt: '2026-11-27T12:00:00.000Z',
  }

  test('is of its namespaces, and of none where it names none', () => {
    const resource = { type: 'Operation', operationId: 'o', kind: 'setup', cluster: 'prod', owner: 'alice' }
    expect(operationResource(operation)).toEqual({ ...resource, namespaces: [] })
    expect(operationResource({ ...operation, namespaces: ['a'] })).toEqual({ ...resource, namespaces: ['a'] })
  })

  test('on one workload is about that one, and about the cluster otherwise', () => {
    expect(chosenResource('prod', reader)).toEqual(workload)
    expect(chosenResource('prod', undefined)).toEqual(cluster)
  })
})

describe('each option asks for a right of its own, and what is not asked for is not asked about', () => {
  test('of an added workload: a role name that is not the default one, and an inline policy', () => {
    const added = { action: 'add-workload', resource: workload }
    const ask = (role: object) => addedWorkloadQuestions('prod', { ...reader, role }, deployment)
    expect(ask({})).toEqual([{ ...added, policyArns: [] }])
    expect(ask({ policyArns: [policyArn] })).toEqual([{ ...added, policyArns: [policyArn] }])
    expect(ask({ name: defaultRoleName(deployment, 'prod', reader) })).toEqual([{ ...added, policyArns: [] }])
    expect(ask({ name: 'my-own' })).toEqual([
      { ...added, policyArns: [] },
      { action: 'name-role', resource: workload },
    ])
    expect(ask({ inlinePolicy })).toEqual([
      { ...added, policyArns: [] },
      { action: 'use-inline-policy', resource: workload },
    ])
  })

  test('of a teardown: deletion of the cluster, and force', () => {
    const asked = { action: 'tear-down-cluster', resource: cluster }
    const ask = (force: boolean, deleteCluster: boolean) =>
      clusterTeardownQuestions('prod', { force, deleteCluster, dryRun: false })
    expect(ask(false, false)).toEqual([asked])
    expect(ask(false, true)).toEqual([asked, { action: 'delete-cluster', resource: cluster }])
    expect(ask(true, false)).toEqual([asked, { action: 'force', resource: cluster }])
    const one = { action: 'tear-down-workload', resource: workload }
    expect(workloadTeardownQuestions('prod', reader, false)).toEqual([one])
    expect(workloadTeardownQuestions('prod', reader, true)).toEqual([one, { action: 'force', resource: workload }])
  })

  test('of a revocation: force', () => {
    const revocation = { action: 'revoke-signing-key', resource: cluster }
    expect(revocationQuestions('prod', { force: false })).toEqual([revocation])
    expect(revocationQuestions('prod', { force: true })).toEqual([revocation, { action: 'force', resource: cluster }])
  })

  test('of a setup: adoption', () => {
    const adopt = { action: 'adopt', resource: { type: 'Cluster', cluster: 'on-premises' } }
    expect(setupQuestions({ ...here, adopt: true }, deployment)).toContainEqual(adopt)
    expect(setupQuestions({ ...here, adopt: false }, deployment)).not.toContainEqual(adopt)
  })
})

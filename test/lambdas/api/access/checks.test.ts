import { describe, expect, test } from 'vitest'
import {
  addedWorkloadChecks,
  chosenResource,
  clusterTeardownChecks,
  hiddenRemovalCheck,
  operationResource,
  planChecks,
  revocationChecks,
  setupChecks,
  specChecks,
  unchangedSpecCheck,
  workloadTeardownChecks,
} from '../../../../lambdas/api/access/checks.ts'
import type { OperationItem } from '../../../../lambdas/operations/record/record.ts'
import { defaultRoleName } from '../../../../lambdas/role/name.ts'
import type { SetupRequest } from '../../../../lambdas/spec/setup-request.ts'
import { memberAccount } from '../../../../sandbox/account.ts'
import { exampleRequest, namedCluster } from '../../../support/api/requests.ts'
import { deployment } from '../../../support/steps/deployment.ts'

const here = exampleRequest('existing-cluster')
const there = exampleRequest('existing-cluster', { 'cluster.awsAccountId': memberAccount.id })
const check = {
  action: 'use-account',
  resource: { type: 'Cluster', cluster: 'on-premises' },
  awsAccountId: memberAccount.id,
}

test('a setup and a plan authorize the use of another account than that of the deployment', () => {
  expect(setupChecks(there, deployment)).toContainEqual(check)
  expect(planChecks(there, false, deployment)).toContainEqual(check)
  for (const checks of [setupChecks(here, deployment), planChecks(here, false, deployment)]) {
    expect(checks.map(({ action }) => action)).not.toContain('use-account')
  }
})

test('a plan of the recorded spec does not authorize its account again: a caller that may add workloads may plan them', () => {
  expect(planChecks(there, true, deployment)).toEqual(planChecks(here, true, deployment))
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

  test('is authorized for the namespaces that its record names, or for none', () => {
    const resource = { type: 'Operation', operationId: 'o', kind: 'setup', cluster: 'prod', owner: 'alice' }
    expect(operationResource(operation)).toEqual({ ...resource, namespaces: [] })
    expect(operationResource({ ...operation, namespaces: ['a'] })).toEqual({ ...resource, namespaces: ['a'] })
  })

  test('on one workload is authorized on that workload, and otherwise on the cluster', () => {
    expect(chosenResource('prod', reader)).toEqual(workload)
    expect(chosenResource('prod', undefined)).toEqual(cluster)
  })
})

describe('each option that a request uses has a separate check', () => {
  test('of an added workload: a role name that is not the default one, and an inline policy', () => {
    const added = { action: 'add-workload', resource: workload }
    const checksWith = (role: object) => addedWorkloadChecks('prod', { ...reader, role }, deployment)
    expect(checksWith({})).toEqual([{ ...added, policyArns: [] }])
    expect(checksWith({ policyArns: [policyArn] })).toEqual([{ ...added, policyArns: [policyArn] }])
    expect(checksWith({ name: defaultRoleName(deployment, 'prod', reader) })).toEqual([{ ...added, policyArns: [] }])
    expect(checksWith({ name: 'my-own' })).toEqual([
      { ...added, policyArns: [] },
      { action: 'name-role', resource: workload },
    ])
    expect(checksWith({ inlinePolicy })).toEqual([
      { ...added, policyArns: [] },
      { action: 'use-inline-policy', resource: workload },
    ])
  })

  test('of a teardown: deletion of the cluster, and force', () => {
    const check = { action: 'tear-down-cluster', resource: cluster }
    const checksWith = (force: boolean, deleteCluster: boolean) =>
      clusterTeardownChecks('prod', { force, deleteCluster, dryRun: false })
    expect(checksWith(false, false)).toEqual([check])
    expect(checksWith(false, true)).toEqual([check, { action: 'delete-cluster', resource: cluster }])
    expect(checksWith(true, false)).toEqual([check, { action: 'force', resource: cluster }])
    const one = { action: 'tear-down-workload', resource: workload }
    expect(workloadTeardownChecks('prod', reader, false)).toEqual([one])
    expect(workloadTeardownChecks('prod', reader, true)).toEqual([one, { action: 'force', resource: workload }])
  })

  test('of a revocation: force', () => {
    const revocation = { action: 'revoke-signing-key', resource: cluster }
    expect(revocationChecks('prod', { force: false })).toEqual([revocation])
    expect(revocationChecks('prod', { force: true })).toEqual([revocation, { action: 'force', resource: cluster }])
  })

  test.each([
    ['a setup', setupChecks],
    ['a plan', (request: SetupRequest, of: string) => planChecks(request, false, of)],
    ['a plan of the recorded spec', (request: SetupRequest, of: string) => planChecks(request, true, of)],
  ])('of %s: adoption', (_, checksOf) => {
    const adopt = { action: 'adopt', resource: { type: 'Cluster', cluster: 'on-premises' } }
    expect(checksOf({ ...here, adopt: true }, deployment)).toContainEqual(adopt)
    expect(checksOf({ ...here, adopt: false }, deployment)).not.toContainEqual(adopt)
  })
})

describe('a written spec and its plan', () => {
  const changed = { ...reader, role: { name: 'my-own', policyArns: [policyArn], maxSessionSeconds: 3600 } }
  const leaving = { namespace: 'default', serviceAccount: 'writer' }
  const spec = exampleRequest('existing-cluster', namedCluster('prod'))
  const change = { changed: [changed], removed: [leaving], ofCluster: true, adopts: true }

  test('are authorized for what changes, and not for the workloads that stay as they are', () => {
    const policyArns = [policyArn]
    const checks = (ofCluster: string, added: string, removed: object) => [
      { action: ofCluster, resource: cluster, policyArns },
      { action: added, resource: workload, policyArns },
      { action: 'adopt', resource: cluster },
      { action: 'name-role', resource: workload },
      { resource: { ...workload, ...leaving }, ...removed },
    ]
    expect(specChecks(spec, change, { dryRun: false, deployment })).toEqual(
      checks('put-cluster', 'add-workload', { action: 'tear-down-workload' }),
    )
    expect(specChecks(spec, change, { dryRun: true, deployment })).toEqual(
      checks('start-plan', 'start-plan', { action: 'start-plan', policyArns: [] }),
    )
    const nothing = { changed: [], removed: [], ofCluster: false, adopts: false }
    expect(specChecks(spec, nothing, { dryRun: false, deployment })).toEqual([])
  })

  // A plan is authorized for policies: without a list of them it is refused.
  test('that change nothing, or remove workloads that the caller may not see, are authorized on the cluster', () => {
    expect(unchangedSpecCheck('prod', false)).toEqual({ action: 'put-cluster', resource: cluster, policyArns: [] })
    expect(unchangedSpecCheck('prod', true)).toEqual({ action: 'start-plan', resource: cluster, policyArns: [] })
    expect(hiddenRemovalCheck('prod', true)).toEqual({ action: 'start-plan', resource: cluster, policyArns: [] })
    expect(hiddenRemovalCheck('prod', false)).toEqual({ action: 'tear-down-cluster', resource: cluster })
  })
})

import { expect, test } from 'vitest'
import * as api from '../../../../lambdas/api/starts/start-plan.ts'
import * as clusters from '../../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import { apiAccount, callApi } from '../../../support/api/api.ts'
import { exampleSpec, firstGeneration, newOperation, recordSetUpAs } from '../../../support/api/operations.ts'
import { exampleBody, exampleRequest, issuesOf } from '../../../support/api/requests.ts'

apiAccount()

test('the input of a plan is the request in its normal form', async () => {
  const { status, headers, body } = await plan(exampleBody('setup'))
  expect(status).toBe(202)
  expect(headers).toMatchObject({ location: `/v1/operations/${body.operationId}` })
  expect(body).toMatchObject({ kind: 'plan', dryRun: true, cluster: 'prod-eu', status: 'running' })
  expect((await operations.readOperation(body.operationId))?.request).toEqual(
    JSON.parse(JSON.stringify(exampleRequest('setup'))),
  )
})

test('a cluster that is only planned is not recorded, and one that is being changed can be planned', async () => {
  const body = exampleBody('existing-cluster', { 'cluster.name': 'never-made' })
  expect((await plan(withSecretsOf('never-made', body))).status).toBe(202)
  expect(await clusters.readCluster('never-made')).toBeUndefined()

  expect(await recordOperation(newOperation({ cluster: 'prod-eu' }))).toBe('recorded')
  const before = await clusters.readCluster('prod-eu')
  expect((await plan(exampleBody('setup'))).status).toBe(202)
  expect(await clusters.readCluster('prod-eu')).toEqual(before)
})

test('a plan is refused with the same faults as a setup', async () => {
  const edits = { 'workloads.0.role.policyArns': ['arn:aws:iam::aws:policy/AdministratorAccess'], 'cluster.name': 'X' }
  const { status, body } = await plan(exampleBody('setup', edits))
  expect(status).toBe(400)
  expect(body.issues).toEqual(issuesOf('setup', edits))
  expect(body.issues.length).toBeGreaterThan(1)
})

test('a change of an immutable field is refused, as in a setup', async () => {
  const { operation, ...rest } = newOperation({ cluster: 'moved' })
  await recordOperation({ ...rest, operation, change: firstGeneration(exampleSpec('setup')) })
  await recordSetUpAs('moved')
  const request = exampleBody('setup', { 'cluster.name': 'moved', 'discovery.bucket': 'elsewhere-oidc' })
  const { status, body } = await plan(withSecretsOf('moved', request))
  expect({ status, type: body.type }).toEqual({ status: 409, type: 'urn:workload-identity:problem:conflict' })
  expect(body.issues).toMatchObject([{ path: 'discovery.bucket' }])
})

function plan(body: unknown) {
  return callApi(api.handler, { body })
}

function withSecretsOf(name: string, body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replace(/(secret:workload-identity\/)[^/]+/g, `$1${name}`))
}

import { expect, test } from 'vitest'
import * as api from '../../../../lambdas/api/starts/add-workload.ts'
import * as start from '../../../../lambdas/api/starts/start-setup.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import { defaultRoleName } from '../../../../lambdas/role/name.ts'
import { apiAccount, callApi } from '../../../support/api/api.ts'
import { exampleRequest, existingCluster, namedCluster } from '../../../support/api/requests.ts'
import { deployment } from '../../../support/steps/deployment.ts'

let made = 0

apiAccount()

const writer = {
  namespace: 'media',
  serviceAccount: 's3-writer',
  role: { policyArns: ['arn:aws:iam::aws:policy/AmazonS3FullAccess'] },
}

test('an added workload is set up with the recorded spec of its cluster, and without adoption', async () => {
  const cluster = await setUp({ adopt: true })
  const { status, body } = await add(cluster, writer)
  expect(status).toBe(202)
  expect(body).toMatchObject({ kind: 'setup', cluster, status: 'running' })
  const recorded = await operations.readOperation(body.operationId)
  const { workloads: _, ...spec } = exampleRequest('existing-cluster', namedCluster(cluster))
  expect(recorded?.request).toEqual({
    ...JSON.parse(JSON.stringify(spec)),
    adopt: false,
    workloads: [
      {
        ...writer,
        role: { ...writer.role, name: defaultRoleName(deployment, cluster, writer), maxSessionSeconds: 3600 },
      },
    ],
  })
})

test('a fault is reported with its path in the workload', async () => {
  const cluster = await setUp()
  const { status, body } = await add(cluster, { ...writer, role: { policyArns: ['arn:aws:iam::aws:policy/Admin'] } })
  expect(status).toBe(400)
  expect(body.issues).toMatchObject([{ path: 'role.policyArns[0]', pointer: '#/role/policyArns/0' }])
})

test('a workload that nests too deeply is refused before it is hashed', async () => {
  const cluster = await setUp()
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const { status, body } = await add(cluster, `{"role":{"inlinePolicy":{"Statement":${deep}}}}`)
  expect({ status, issues: body.issues }).toMatchObject({
    status: 400,
    issues: [{ message: 'nests deeper than 32 levels' }],
  })
})

test.each(['constructor', '__proto__'])('a policy with a key %s is refused', async (key) => {
  const cluster = await setUp()
  const inlinePolicy: unknown = JSON.parse(`{"Version":"2012-10-17","Statement":[],"${key}":{"a":1}}`)
  const { status, body } = await add(cluster, { ...writer, role: { inlinePolicy } })
  expect({ status, issues: body.issues }).toMatchObject({ status: 400, issues: [{ path: `role.inlinePolicy.${key}` }] })
})

test('a workload that is added while another change of the cluster is running waits for it', async () => {
  const cluster = await setUp()
  await add(cluster, writer)
  const second = await add(cluster, { ...writer, serviceAccount: 'other' })
  expect(second).toMatchObject({ status: 202, body: { status: 'queued', waits: true } })
})

test('a repeated key returns the same operation, also after another change of the cluster', async () => {
  const cluster = await setUp()
  const headers = { 'idempotency-key': cluster }
  const first = await add(cluster, writer, headers)
  await operations.endOperation({ operationId: first.body.operationId, cluster }, { status: 'succeeded' })
  const { operationId } = (
    await callApi(start.handler, { body: existingCluster(cluster, { webhook: { mode: 'none' } }) })
  ).body
  await operations.endOperation({ operationId, cluster }, { status: 'succeeded' })
  expect(await add(cluster, writer, headers)).toMatchObject({
    status: 202,
    body: { operationId: first.body.operationId },
  })
})

/** Sets a cluster up, ends the operation, and returns the name of the cluster. */
async function setUp(edits: Record<string, unknown> = {}): Promise<string> {
  const cluster = `with-more-${made++}`
  const { operationId } = (await callApi(start.handler, { body: existingCluster(cluster, edits) })).body
  await operations.endOperation({ operationId, cluster }, { status: 'succeeded' })
  return cluster
}

const add = (cluster: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  callApi(api.handler, { parameters: { cluster }, body, headers })

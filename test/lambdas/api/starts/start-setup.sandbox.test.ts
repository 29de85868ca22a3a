import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import * as api from '../../../../lambdas/api/starts/start-setup.ts'
import * as tearDown from '../../../../lambdas/api/starts/tear-down-cluster.ts'
import { acquireLock } from '../../../../lambdas/operations/lock/lock.ts'
import { readCluster } from '../../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import * as progress from '../../../../lambdas/operations/record/progress.ts'
import { alice } from '../../../support/api/alice.ts'
import { apiAccount, callApi } from '../../../support/api/api.ts'
import { recordSetUpAs } from '../../../support/api/operations.ts'
import { exampleBody, exampleRequest, existingCluster, namedCluster } from '../../../support/api/requests.ts'
import { executionArn, stateMachineArn, useStateMachine } from '../../../support/aws/state-machine.ts'

const sfn = new SFNClient()
const { useWorkflow } = apiAccount()
let cluster = ''
let clusters = 0

afterAll(() => sfn.destroy())
beforeEach(() => {
  cluster = `cluster-${clusters++}`
  useWorkflow('running')
  vi.useRealTimers()
})

test('a request is accepted, with the location of its operation, and is the input of the execution in its normal form', async () => {
  const response = await post()
  expect(response.status).toBe(202)
  const { operationId } = response.body
  expect(response.headers).toMatchObject({ location: `/v1/operations/${operationId}`, 'retry-after': '5' })
  expect(response.body).toMatchObject({ kind: 'setup', cluster, status: 'running', requestedBy: alice })
  const execution = await sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(operationId) }))
  const input = JSON.parse(execution.input ?? '')
  expect(input.operationId).toBe(operationId)
  expect(input.request).toEqual(JSON.parse(JSON.stringify(exampleRequest('existing-cluster', namedCluster(cluster)))))
})

test('the record has the request, the caller, and the spec of the cluster', async () => {
  const { body } = await post({ caller: 'arn:aws:sts::000000000000:assumed-role/admin/bob' })
  const [operation, recorded] = await Promise.all([operations.readOperation(body.operationId), readCluster(cluster)])
  expect(operation).toMatchObject({
    operation: { requestedBy: 'arn:aws:sts::000000000000:assumed-role/admin/bob', status: 'running' },
    request: { cluster: { name: cluster } },
  })
  expect(recorded).toMatchObject({
    cluster: {
      cluster,
      lastOperationId: body.operationId,
      spec: { cluster: { name: cluster, provider: 'existing' } },
    },
    lock: { operationId: body.operationId },
  })
  expect(recorded?.cluster.spec).not.toHaveProperty('workloads')
})

test('a repeated key returns its operation, also when the request would change an immutable field by now', async () => {
  const headers = { 'idempotency-key': `key-${cluster}` }
  const first = await post({ headers })
  const { operationId } = first.body
  const error = { name: 'OwnershipConflict', object: 'o', reason: 'r', action: 'a' }
  await operations.endOperation({ operationId, cluster }, { status: 'failed', error })
  const webhook = { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'hooks', replicas: 2 }
  await recordSetUpAs(cluster, { webhook })
  expect(await post()).toMatchObject({ status: 409, body: { issues: [{ path: 'webhook.namespace' }] } })
  expect(await post({ headers })).toMatchObject({ status: 202, body: { operationId, status: 'failed', error } })
})

test('a file from before an upgrade keeps the upgraded webhook, and the operation says so', async () => {
  const newest = { 'webhook.image': 'webhook:v0.6.17', 'webhook.failurePolicy': 'Fail' }
  const first = await post({ body: existingCluster(cluster, { ...newest }) })
  const webhook = { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'workload-identity-webhook', replicas: 2 }
  await recordSetUpAs(cluster, { webhook })
  await operations.endOperation({ operationId: first.body.operationId, cluster }, { status: 'succeeded' })

  const old = await post({ body: existingCluster(cluster, { webhook: {} }) })
  expect(old.body).toMatchObject({ asRecorded: newest })
  const taken = { webhook: { image: 'webhook:v0.6.17', failurePolicy: 'Fail' } }
  expect((await operations.readOperation(old.body.operationId))?.request).toMatchObject(taken)
  expect((await readCluster(cluster))?.cluster.spec).toMatchObject(taken)
})

test('a change of an immutable field is refused before anything starts, but not before a setup succeeds', async () => {
  const first = await post()
  await operations.endOperation({ operationId: first.body.operationId, cluster }, { status: 'failed' })
  const moving = { ...namedCluster(cluster), 'webhook.namespace': 'elsewhere' }
  const second = await post({ body: exampleBody('existing-cluster', moving) })
  expect(second.status).toBe(202)
  const { operationId } = second.body
  const webhook = { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'elsewhere', replicas: 2 }
  await recordSetUpAs(cluster, { webhook })
  await operations.endOperation({ operationId, cluster }, { status: 'succeeded' })

  const before = await executionCount()
  const refused = await post()
  expect(refused).toMatchObject({
    status: 409,
    headers: { 'content-type': 'application/problem+json' },
    body: {
      type: 'urn:workload-identity:problem:conflict',
      issues: [{ path: 'webhook.namespace', message: expect.stringContaining('set it to elsewhere, or tear') }],
    },
  })
  expect(await readCluster(cluster)).toMatchObject({ cluster: { lastOperationId: operationId } })
  expect((await readCluster(cluster))?.lock).toBeUndefined()
  expect(await executionCount()).toBe(before)
  expect((await post({ body: exampleBody('existing-cluster', moving) })).status).toBe(202)
})

test('a later request without a bucket keeps the recorded one', async () => {
  const secrets = `arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/${cluster}`
  const own = {
    'cluster.name': cluster,
    'cluster.credentialsSecretArn': `${secrets}/user-cluster`,
    'cluster.management.credentialsSecretArn': `${secrets}/management`,
  }
  const { discovery } = exampleRequest('setup', own)
  const notApplied = { 'cluster.spec': undefined, 'cluster.nodePools': undefined, discovery: undefined }
  for (const edits of [own, { ...own, ...notApplied }]) {
    const { status, body } = await post({ body: exampleBody('setup', edits) })
    expect(status).toBe(202)
    expect((await readCluster(cluster))?.cluster.spec).toMatchObject({ discovery })
    await operations.endOperation({ operationId: body.operationId, cluster }, { status: 'succeeded' })
  }
  expect((await readCluster(cluster))?.cluster.spec.cluster).not.toHaveProperty('spec')
})

test('a cluster has one running change: a second request waits for it', async () => {
  await post()
  const before = await executionCount()
  const second = await post()
  expect(second).toMatchObject({ status: 202, body: { status: 'queued', waits: true } })
  expect(second.headers).toMatchObject({ location: `/v1/operations/${second.body.operationId}` })
  expect(await executionCount()).toBe(before)
})

test('while a cluster is torn down, a setup is refused and names the teardown', async () => {
  const first = await post()
  await operations.endOperation({ operationId: first.body.operationId, cluster }, { status: 'succeeded' })
  const { body } = await callApi(tearDown.handler, { parameters: { cluster } })
  const location = `/v1/operations/${body.operationId}`
  const refused = await post()
  expect(refused.status).toBe(409)
  expect(refused.headers).toMatchObject({ 'content-type': 'application/problem+json', location })
  expect(refused.body).toMatchObject({ type: 'urn:workload-identity:problem:already-running', instance: location })
})

test('a request right after the recorded end of another is accepted, though the lock is not released yet', async () => {
  const first = await post()
  const { operationId } = first.body
  await operations.endOperation({ operationId, cluster }, { status: 'succeeded' })
  // The end is recorded, and then the lock released, by an execution that is still running.
  expect(await acquireLock(cluster, operationId)).toBe(true)
  expect((await post()).status).toBe(202)
})

test('of ten requests at the same moment one starts an execution, and the others wait', async () => {
  const before = await executionCount()
  const statuses = (await Promise.all(Array.from({ length: 10 }, () => post()))).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([202]))
  expect(await executionCount()).toBe(before + 1)
})

test('the same key and request return the same operation, also ten times at the same moment', async () => {
  const headers = { 'Idempotency-Key': `key-${cluster}` }
  const responses = await Promise.all(Array.from({ length: 10 }, () => post({ headers })))
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([202]))
  expect(new Set(responses.map(({ body }) => body.operationId)).size).toBe(1)
})

test.each([
  ['that is empty', ''],
  ['with letters outside of ASCII', 'ü'],
  ['of 256 characters', 'x'.repeat(256)],
])('a key %s is refused', async (_, key) => {
  expect((await post({ headers: { 'idempotency-key': key } })).status).toBe(400)
})

test('an execution that failed without recording its end is recorded as failed, and its lock taken over', async () => {
  useWorkflow('failing')
  const first = await post()
  await ended(first.body.operationId)
  useWorkflow('failing')
  const second = await post()
  expect(second.status).toBe(202)
  expect((await operations.readOperation(first.body.operationId))?.operation).toMatchObject({
    status: 'failed',
    error: { name: 'States.Runtime' },
  })
})

test('a teardown is refused while a step of a cancelled operation may still write, with the time until when', async () => {
  const first = await post()
  const { operationId } = first.body
  const ref = { operationId, state: 'CreateRole', item: 'default/a' }
  const until = new Date(Date.now() + 60_000)
  await progress.recordStarted(ref, new Date(), until)
  await operations.endOperation({ operationId, cluster }, { status: 'cancelled' })
  const refused = await callApi(tearDown.handler, { parameters: { cluster } })
  expect(refused).toMatchObject({ status: 409, body: { instance: `/v1/operations/${operationId}` } })
  expect(refused.body.detail).toBe(
    `/v1/operations/${operationId} has ended, but one of its steps may still write until ${new Date(until.getTime() + 5000).toISOString()} at the latest: send the request again then`,
  )
  await progress.recordWaiting(ref, { reason: 'any' }, [])
  expect((await post()).status).toBe(202)
})

test('after a crash before the start of the execution, the same key starts it', async () => {
  const headers = { 'idempotency-key': `key-${cluster}` }
  useWorkflow('running')
  const before = stateMachineArn()
  useStateMachine('arn:aws:states:eu-west-1:000000000000:stateMachine:absent')
  expect((await post({ headers })).status).toBe(500)
  useStateMachine(before)
  const again = await post({ headers })
  expect(again).toMatchObject({ status: 202, body: { status: 'running' } })
  const execution = await sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(again.body.operationId) }))
  expect(execution.status).toBe('RUNNING')
})

test('a request with faults starts nothing, and names all of them', async () => {
  const policyArns = ['arn:aws:iam::aws:policy/AdministratorAccess']
  const edits = { 'workloads.0.namespace': 'No_Such', 'workloads.0.role.policyArns': policyArns, tyop: 1 }
  const body = existingCluster(cluster, edits)
  const response = await callApi(api.handler, { body })
  expect(response.status).toBe(400)
  expect(response.headers).toMatchObject({ 'content-type': 'application/problem+json' })
  expect(response.body.issues.map(({ path }: { path: string }) => path).sort()).toEqual([
    'tyop',
    'workloads[0].namespace',
    'workloads[0].role.policyArns[0]',
  ])
  expect(await readCluster(cluster)).toBeUndefined()
})

test('a body that is not JSON is not repeated', async () => {
  const response = await callApi(api.handler, { body: '{"password": "hunter2"' })
  expect(response).toMatchObject({ status: 400, body: { type: 'urn:workload-identity:problem:not-json' } })
  expect(JSON.stringify(response.body)).not.toContain('hunter2')
})

test('another content type is refused', async () => {
  const response = await post({ headers: { 'content-type': 'text/plain' } })
  expect(response).toMatchObject({ status: 415, headers: { 'content-type': 'application/problem+json' } })
})

test('a body over 100 KB is refused', async () => {
  const response = await callApi(api.handler, { body: JSON.stringify({ filler: 'x'.repeat(240 * 1024) }) })
  expect(response.status).toBe(413)
})

test('a number in a policy that DynamoDB cannot store is refused with its path', async () => {
  const statement = { Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' }
  const inlinePolicy = {
    Version: '2012-10-17',
    Statement: [{ ...statement, Condition: { NumericLessThan: { 's3:max-keys': 1e300 } } }],
  }
  const body = existingCluster(cluster, { 'workloads.0.role.inlinePolicy': inlinePolicy })
  expect(await post({ body })).toMatchObject({
    status: 400,
    body: { issues: [{ path: 'workloads[0].role.inlinePolicy.Statement[0].Condition.NumericLessThan.s3:max-keys' }] },
  })
})

const number = '99999999999999999999'
test.each([
  `1.${number}.1-gke.1`,
  `1.20.${number}-gke.1`,
  `1.20.1-gke.${number}`,
  `${number}.1.1-gke.1`,
  `1.${number}.1`,
])('the version %s is refused for a cluster and for its node pools', async (version) => {
  const edits = { 'cluster.spec.controlPlane.version': version, 'cluster.nodePools.0.spec.version': version }
  expect(await post({ body: exampleBody('setup', edits) })).toMatchObject({
    status: 400,
    body: {
      issues: [{ path: 'cluster.spec.controlPlane.version' }, { path: 'cluster.nodePools[0].spec.version' }],
    },
  })
})

function post(request: Parameters<typeof callApi>[1] = {}) {
  return callApi(api.handler, { body: existingCluster(cluster), ...request })
}

async function ended(operationId: string): Promise<void> {
  await vi.waitFor(async () => {
    const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(operationId) }))
    expect(status).not.toBe('RUNNING')
  }, 10_000)
}

async function executionCount(): Promise<number> {
  const { executions } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn: stateMachineArn(), maxResults: 1000 }),
  )
  return executions?.length ?? 0
}

import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn'
import { afterAll, expect, test, vi } from 'vitest'
import * as z from 'zod'
import * as cancelOperation from '../../../lambdas/api/operations/cancel-operation.ts'
import * as getOperation from '../../../lambdas/api/operations/get-operation.ts'
import * as listOperations from '../../../lambdas/api/operations/list-operations.ts'
import { operationPage, operationView } from '../../../lambdas/api/operations/views.ts'
import * as lock from '../../../lambdas/operations/lock/lock.ts'
import * as executions from '../../../lambdas/operations/reconcile/executions.ts'
import { reconcileOperation } from '../../../lambdas/operations/reconcile/reconcile.ts'
import * as record from '../../../lambdas/operations/record/operations.ts'
import * as progress from '../../../lambdas/operations/record/progress.ts'
import { startExecution } from '../../../lambdas/operations/start/start-recorded.ts'
import type { Proof } from '../../../lambdas/proof/proof.ts'
import { taskOfCredentials } from '../../../lambdas/report/waiting.ts'
import { alice } from '../../support/api/alice.ts'
import { apiAccount, callApi } from '../../support/api/api.ts'
import { recordedOperation, recordedRotation } from '../../support/api/recorded-operation.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { executionArn } from '../../support/aws/state-machine.ts'

const sfn = new SFNClient()

const { aws, useWorkflow } = apiAccount()
afterAll(() => sfn.destroy())

test('an operation is shown with its request, and its steps in the order in which they started', async () => {
  const { operationId } = await recordedOperation()
  await progress.recordStarted({ operationId, state: 'CheckCluster' }, at(1))
  await progress.recordStarted({ operationId, state: 'CreateBucket' }, at(0))
  await progress.recordSucceeded(
    { operationId, state: 'CreateBucket' },
    { output: { bucket: 'b' }, changes: [] },
    at(1),
  )
  const event = { time: at(2).toISOString(), type: 'Normal', reason: 'Creating', message: 'creating the control plane' }
  const task = taskOfCredentials('prod-eu')
  const waiting = { reason: 'put the kubeconfig into the secret', events: [event], task }
  const deadline = at(9).toISOString()
  await progress.recordWaiting({ operationId, state: 'CheckCluster', deadline }, waiting, [])
  const { status, headers, body } = await get(operationId)
  expect(status).toBe(200)
  expect(headers).toMatchObject({ 'retry-after': '5' })
  expect(body).toMatchObject({
    operationId,
    status: 'running',
    requestedBy: alice,
    request: JSON.parse(JSON.stringify(exampleRequest('setup'))),
    clusterEvents: [event],
    steps: [
      { state: 'CreateBucket', status: 'succeeded', attempts: 1, startedAt: at(0).toISOString(), changes: [] },
      {
        state: 'CheckCluster',
        status: 'waiting',
        waitingFor: 'put the kubeconfig into the secret',
        task,
        waitsUntil: deadline,
      },
    ],
  })
})

test('a failed operation says which step failed, on which object and what to do', async () => {
  const { operationId, cluster } = await recordedOperation()
  const error = { name: 'OwnershipConflict', object: 'arn:x', reason: 'it is theirs', action: 'Choose another name' }
  await progress.recordStarted({ operationId, state: 'CreateRole', item: 'default/a' }, at(0))
  await progress.recordFailed({ operationId, state: 'CreateRole', item: 'default/a' }, error, at(1))
  await progress.recordStarted({ operationId, state: 'CheckWebhook' }, at(1))
  const end = { ...error, step: 'CreateRole', item: 'default/a' }
  await record.endOperation({ operationId, cluster }, { status: 'failed', error: end })
  const { body, headers } = await get(operationId)
  expect(headers).not.toHaveProperty('retry-after')
  expect(body).toMatchObject({ status: 'failed', endedAt: expect.any(String), error: end })
  expect(body.steps).toMatchObject([
    { state: 'CreateRole', item: 'default/a', status: 'failed', error },
    { state: 'CheckWebhook', status: 'stopped' },
  ])
})

test('a finished setup shows the proof of each workload', async () => {
  const { operationId, cluster } = await recordedOperation()
  const proofs = ['a', 'b'].map(proofOf)
  for (const proof of proofs) {
    const item = proof.subject
    await progress.recordStarted({ operationId, state: 'Verify', item }, at(0))
    await progress.recordSucceeded({ operationId, state: 'Verify', item }, { output: proof, changes: [] }, at(1))
  }
  const result = { facts: { kubernetesVersion: '1.33.2' }, providerArn: 'arn:p', webhook: { mode: 'own-ca' } }
  await record.endOperation({ operationId, cluster }, { status: 'succeeded', result })
  const { body } = await get(operationId)
  expect(body.result).toEqual({ ...result, proofs })
})

function proofOf(account: string): Proof {
  return {
    roleArn: 'arn:r',
    subject: `system:serviceaccount:default:${account}`,
    audience: 'sts.amazonaws.com',
    provider: 'arn:p',
    assumedRoleArn: 'arn:s',
    expiresAt: at(900).toISOString(),
    refused: [],
    policyArns: [],
    inlinePolicy: false,
    mutation: 'mutated',
  }
}

test('an operation is running as soon as one of its steps is', async () => {
  const { operationId } = await recordedOperation({ status: 'queued' })
  expect((await get(operationId)).body.status).toBe('queued')
  await progress.recordStarted({ operationId, state: 'CreateBucket' }, at(0))
  expect((await get(operationId)).body.status).toBe('running')
})

test('responses match the described schemas', async () => {
  const { operationId } = await recordedOperation()
  const strict = z.fromJSONSchema(JSON.parse(JSON.stringify(z.toJSONSchema(operationView))))
  expect(strict.safeParse((await get(operationId)).body).error).toBeUndefined()
  const page = z.fromJSONSchema(JSON.parse(JSON.stringify(z.toJSONSchema(operationPage))))
  expect(page.safeParse((await list({ limit: '2' })).body).error).toBeUndefined()
})

test('an operation that does not exist is not found', async () => {
  for (const { handler } of [getOperation, cancelOperation]) {
    for (const operationId of ['nobody', 'n'.repeat(3000)]) {
      const response = await callApi(handler, { parameters: { operationId } })
      expect(response).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } })
    }
  }
})

test('operations are listed newest first, without their steps and results', async () => {
  const first = await recordedOperation()
  const second = await recordedOperation()
  const { body } = await list({ limit: '2' })
  expect(ids(body)).toEqual([second.operationId, first.operationId])
  expect(body.operations[0]).toEqual(second)
})

test('an operation on all clusters is shown, listed and cancelled without a cluster', async () => {
  const rotation = await recordedRotation()
  const { operationId } = rotation
  const { body } = await get(operationId)
  expect(body).not.toHaveProperty('cluster')
  const listed = await callApi(listOperations.handler, { query: { limit: '1' } })
  expect(operationPage.parse(listed.body).operations).toEqual([rotation])
  expect((await cancel(operationId)).body).toMatchObject({ status: 'cancelled', error: { object: 'all clusters' } })
})

test('operations are found by cluster, kind and status, over as many pages as it takes', async () => {
  const cluster = 'often-changed'
  for (let index = 0; index < 7; index++) {
    const { operationId } = await recordedOperation({ cluster })
    const status = index % 2 === 0 ? 'succeeded' : 'cancelled'
    await record.endOperation({ operationId, cluster }, { status })
  }
  await recordedOperation()
  const observed: string[] = []
  let query: Record<string, string> | undefined = { cluster, status: 'succeeded', kind: 'setup', limit: '2' }
  while (query) {
    const { body } = await list(query)
    observed.push(...ids(body))
    query = body.next && Object.fromEntries(new URL(body.next, 'http://api').searchParams)
  }
  expect(observed).toHaveLength(4)
  expect(observed).toEqual([...observed].sort().reverse())
})

test.each([{ limit: '0' }, { limit: '101' }, { limit: 'x' }, { status: 'lost' }, { kind: 'x' }, { colour: 'red' }])(
  'the query %j is refused, and the parameter named',
  async (query) => {
    const { status, body } = await list(query)
    expect(status).toBe(400)
    expect(JSON.stringify(body.issues)).toContain(Object.keys(query)[0])
  },
)

test('a cancel stops the execution, records the caller, and releases the lock', async () => {
  const { operationId, cluster } = await startedWithExecution()
  const { status, body } = await cancel(operationId)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'cancelled',
    error: { reason: `the operation was stopped: cancelled by ${alice}` },
  })
  expect(await lock.readLock(cluster)).toBeUndefined()
  expect(await executions.readExecution({ operationId, kind: 'setup' })).toMatchObject({ status: 'ABORTED' })
})

test('cancelling twice is the same as cancelling once', async () => {
  const { operationId } = await startedWithExecution()
  await cancel(operationId)
  expect(await cancel(operationId)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
})

test('an operation that was never started can be cancelled', async () => {
  const { operationId } = await recordedOperation({ status: 'queued' })
  expect(await cancel(operationId)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
})

test('an operation that has ended is not cancelled', async () => {
  const { operationId, cluster } = await recordedOperation()
  await record.endOperation({ operationId, cluster }, { status: 'succeeded' })
  const { status, body } = await cancel(operationId)
  expect(status).toBe(409)
  expect(body).toMatchObject({ instance: `/v1/operations/${operationId}` })
  expect((await get(operationId)).body.status).toBe('succeeded')
})

const longAgo = '2026-11-25T12:00:00.000Z'

test('an operation is shown as it is recorded, without a call to Step Functions, until the reconciler has recorded its end', async () => {
  useWorkflow('failing')
  const { operationId } = await startedWithExecution({ createdAt: longAgo, startedAt: longAgo }, 'FAILED')
  await aws.calls.clear()
  expect((await get(operationId)).body).toMatchObject({ status: 'running' })
  expect((await list({ limit: '1' })).body.operations[0]).toMatchObject({ operationId, status: 'running' })
  expect((await aws.calls.all()).map((call) => call.operation)).not.toContain('states:DescribeExecution')
  await reconcileOperation(operationId)
  expect((await get(operationId)).body).toMatchObject({ status: 'failed', error: { name: 'States.Runtime' } })
  useWorkflow('running')
})

test('the cancel of an operation without an execution records its end, and is refused as for an ended operation', async () => {
  const { operationId, cluster } = await recordedOperation({ createdAt: longAgo, startedAt: longAgo })
  expect(await cancel(operationId)).toMatchObject({ status: 409, body: { detail: 'The operation has already ended' } })
  expect(await record.readOperationItem(operationId)).toMatchObject({
    status: 'failed',
    error: { name: 'ExecutionLost' },
    notifyAt: expect.any(String),
  })
  expect(await lock.readLock(cluster)).toBeUndefined()
})

test('the cancel of an operation whose execution has just ended records that end', async () => {
  useWorkflow('failing')
  const { operationId } = await startedWithExecution({}, 'FAILED')
  expect(await cancel(operationId)).toMatchObject({ status: 409 })
  expect((await get(operationId)).body).toMatchObject({ status: 'failed', error: { name: 'States.Runtime' } })
  useWorkflow('running')
})

test.each([
  ['text/plain', 'text/plain; charset=utf-8'],
  ['text/plain;q=0.9, application/json;q=0.5', 'text/plain; charset=utf-8'],
  ['*/*', 'application/json'],
  ['text/html, */*;q=0.8', 'application/json'],
  ['application/json, text/plain;q=0.9', 'application/json'],
  ['image/png', 'application/json'],
])('with Accept: %s an operation is given as %s', async (accept, mediaType) => {
  const { operationId, cluster } = await recordedOperation()
  const answer = await callApi(getOperation.handler, { parameters: { operationId }, headers: { accept } })
  const { status, headers, body } = answer
  expect(status).toBe(200)
  expect(headers).toMatchObject({ 'content-type': mediaType, vary: 'Accept', 'retry-after': '5' })
  if (mediaType === 'application/json') expect(body.operationId).toBe(operationId)
  else expect(body).toContain(`setup of ${cluster}: running`)
})

async function startedWithExecution(fields: Parameters<typeof recordedOperation>[0] = {}, status = 'RUNNING') {
  const operation = await recordedOperation(fields)
  await startExecution(operation, {})
  const command = new DescribeExecutionCommand({ executionArn: executionArn(operation.operationId) })
  await vi.waitFor(async () => expect(await sfn.send(command)).toMatchObject({ status }), 10_000)
  return operation
}

const get = (operationId: string) => callApi(getOperation.handler, { parameters: { operationId } })
const cancel = (operationId: string) => callApi(cancelOperation.handler, { parameters: { operationId } })
const list = (query: Record<string, string>) => callApi(listOperations.handler, { query })

function ids(page: { operations: { operationId: string }[] }): string[] {
  return page.operations.map(({ operationId }) => operationId)
}

function at(minute: number): Date {
  return new Date(Date.UTC(2026, 10, 25, 12, minute))
}

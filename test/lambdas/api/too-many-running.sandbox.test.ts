import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import * as drifts from '../../../lambdas/api/starts/compare-cluster.ts'
import * as plans from '../../../lambdas/api/starts/start-plan.ts'
import * as rotations from '../../../lambdas/api/starts/start-rotation.ts'
import * as setups from '../../../lambdas/api/starts/start-setup.ts'
import { listOperations } from '../../../lambdas/operations/lists/operation-list.ts'
import * as reconciler from '../../../lambdas/operations/reconcile/reconciler.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import { type ApiRequest, callApi } from '../../support/api/api.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'
import { recordEndedSetup } from '../../support/api/operations.ts'
import { exampleBody } from '../../support/api/requests.ts'
import { notifiedAccount } from '../../support/aws/notified-account.ts'
import { setEnvironment } from '../../support/environment.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const account = notifiedAccount()
const pipeline = 'arn:aws:sts::000000000000:assumed-role/admin/run-1'
let restore: (() => void) | undefined

beforeAll(() => {
  restore = setEnvironment({ RUNNING_PER_CALLER: '2' })
})
afterAll(() => restore?.())

test('a caller without a free concurrency slot is refused before anything starts, and the problem says what to do', async () => {
  await nothingRuns()
  const [first] = [await plan(), await plan()]
  const before = await running()
  const location = `/v1/operations/${first.body.operationId}`
  const { status, headers, body } = await plan()
  expect({ status, headers, body }).toMatchObject({
    status: 429,
    headers: { 'content-type': 'application/problem+json', 'retry-after': '30' },
    body: {
      type: 'urn:workload-identity:problem:too-many-running',
      title: 'The caller has as many operations running as it may',
      detail: `arn:aws:iam::000000000000:role/admin has 2 operations running, and may have 2 at once. ${location} is the oldest, and /v1/operations?status=running lists those that run: wait for one to end, or cancel one, and send the request again`,
      instance: location,
    },
  })
  expect(await running()).toEqual(before)
})

test('the sessions of a role are one caller, and its operations of all kinds count', async () => {
  await nothingRuns()
  await plan()
  await send(rotations.handler, { body: { dryRun: true } })
  const otherSession = { caller: pipeline.replace('run-1', 'run-2') }
  expect((await plan(otherSession)).status).toBe(429)
  expect((await plan({ caller: 'arn:aws:iam::000000000000:user/bob' })).status).toBe(202)
})

test('a repeated request with its key takes no second slot, and gets its operation when no slot is free', async () => {
  await nothingRuns()
  const headers = { 'idempotency-key': 'once' }
  const first = await plan({ headers })
  const again = await Promise.all([plan({ headers }), plan({ headers })])
  await plan()
  for (const { status, body } of [...again, await plan({ headers })]) {
    expect({ status, id: body.operationId }).toEqual({ status: 202, id: first.body.operationId })
  }
})

test('a waiting write takes no slot', async () => {
  await nothingRuns()
  const setup = () => send(setups.handler, { body: exampleBody('existing-cluster') })
  await setup()
  await plan()
  expect(await setup()).toMatchObject({ status: 202, body: { waits: true } })
})

test('an operation whose execution could not be started keeps its slot, and runs when the reconciler has started it', async () => {
  await nothingRuns()
  await plan()
  await account.aws.faults.add({ kind: 'refuse', operation: 'states:StartExecution', times: 1 })
  expect((await plan()).status).toBe(500)
  expect((await plan()).status).toBe(429)
  vi.useFakeTimers({ now: Date.now() + 181_000, toFake: ['Date'] })
  await reconciler.handler({}, lambdaContext(120_000))
  vi.useRealTimers()
  expect((await plan()).status).toBe(429)
  expect(await running()).toHaveLength(2)
})

test('a scheduled drift takes no slot: a schedule compares more clusters at once than a caller may', async () => {
  await nothingRuns()
  const workloads = [{ namespace: 'default', serviceAccount: 's3-reader' }]
  const clusters = [0, 1, 2].map(() => recordEndedSetup({ workloads }))
  const schedule = 'arn:aws:scheduler:eu-west-1:000000000000:schedule/default/drifts'
  const named = await Promise.all(clusters)
  const event = { scheduledTime: '2026-11-28T04:00:00Z', schedule }
  await Promise.all(named.map((cluster) => drifts.run(event, stepContext(cluster))))
  const { entries } = await listOperations({ kind: 'drift', status: 'running' }, { itemsToRead: 1000 })
  expect(new Set(entries.map(({ cluster }) => cluster))).toEqual(new Set(named))
})

function plan(request: Partial<ApiRequest> = {}) {
  return send(plans.handler, { body: exampleBody('existing-cluster'), ...request })
}

function send(handler: Parameters<typeof callApi>[0], request: ApiRequest) {
  return callApi(handler, { caller: pipeline, ...request })
}

async function running(): Promise<string[]> {
  const { entries } = await listOperations({ status: 'running' }, { itemsToRead: 1000 })
  return entries.map(({ operationId }) => operationId)
}

async function nothingRuns(): Promise<void> {
  const { entries } = await listOperations({}, { itemsToRead: 1000 })
  await Promise.all(entries.map((one) => operations.endOperation(one, { status: 'succeeded' })))
}

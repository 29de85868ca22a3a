import { once } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { decodeFailure } from '../../../lambdas/errors/failure-codec.ts'
import {
  AccessDenied,
  AccountRefused,
  NotYetConsistent,
  OwnershipConflict,
} from '../../../lambdas/errors/step-errors.ts'
import { log } from '../../../lambdas/log.ts'
import * as lock from '../../../lambdas/operations/lock/lock.ts'
import * as operations from '../../../lambdas/operations/record/operations.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import type { StepRun } from '../../../lambdas/steps/contract.ts'
import { describeStep } from '../../../lambdas/steps/description.ts'
import * as step from '../../../lambdas/steps/step.ts'
import { lambdaContext } from '../../support/api/lambda-context.ts'
import { newOperation as newOperationOf } from '../../support/api/operations.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'
import { orderOfCalls } from '../../support/aws/order-of-calls.ts'

const secret = 'hunter2-of-somebody-else'

let operationId: string

const aws = awsAccount()
beforeEach(() => void captureLog())
afterEach(() => vi.restoreAllMocks())

const anyStep = describeStep({
  state: 'CreateRole',
  does: 'Does what the test says.',
  input: z.object({ given: z.optional(z.string()) }),
  output: z.record(z.string(), z.unknown()),
  client: 'aws',
  timeoutSeconds: 60,
})

test('a step that ends is recorded with its times, its changes and its output', async () => {
  const change = { object: 'arn:aws:iam::000000000000:role/x', action: 'created' } as const
  const answer = await invoke(async () => ({ output: { roleArn: 'arn' }, changes: [change] }))
  expect(answer).toEqual({ ready: true, roleArn: 'arn' })
  const time = expect.stringMatching(/^\d{4}-.*Z$/)
  expect(await recordedSteps()).toEqual([
    {
      state: 'CreateRole',
      item: 'default/s3-reader',
      status: 'succeeded',
      attempts: 1,
      startedAt: time,
      attemptAt: time,
      retries: 0,
      endedAt: time,
      changes: [change],
      output: { roleArn: 'arn' },
    },
  ])
})

test('a step starts its first reads while its start is recorded, and drops those that it does not use', async () => {
  await newOperation()
  const seen: string[] = []
  const started = async () => seen.push((await recordedSteps()).length === 0 ? 'started before' : 'started after')
  let reading: Promise<unknown> | undefined
  const readsAhead = () => {
    reading = started()
    return () => void seen.push('dropped')
  }
  const run = async () => {
    await reading
    seen.push('run')
    return { output: {}, changes: [] }
  }

  await step.step(anyStep, run, readsAhead)(envelope({ given: 'x' }), lambdaContext())
  expect(seen).toEqual(['started before', 'run', 'dropped'])
})

test('a step parses its input once', async () => {
  await newOperation()
  const parsed = vi.fn(() => true)
  const input = z.object({ given: z.string().check(z.refine(parsed)) })
  const handler = step.step({ ...anyStep, input }, async () => ({ output: {}, changes: [] }))

  await handler(envelope({ given: 'x' }), lambdaContext())
  expect(parsed).toHaveBeenCalledOnce()
})

test('a step whose input does not fit reads nothing ahead', async () => {
  await newOperation()
  const readsAhead = vi.fn(() => undefined)
  const handler = step.step(anyStep, async () => ({ output: {}, changes: [] }), readsAhead)

  await expect(handler(envelope({ given: 1 }), lambdaContext())).rejects.toMatchObject({ name: 'InvalidStepInput' })
  expect(readsAhead).not.toHaveBeenCalled()
})

test('a waiting step gives its reason, and each attempt is counted', async () => {
  const event = { time: '2026-11-25T12:00:00Z', type: 'Normal', reason: 'Creating', message: 'creating' }
  const wait: StepRun<typeof anyStep> = async () => ({ waiting: { reason: 'put it there', events: [event] } })
  const answer = await invoke(wait)
  await invokeAgain(wait)
  expect(answer).toEqual({ ready: false, reason: 'put it there', events: [event] })
  expect(await recordedSteps()).toMatchObject([
    { status: 'waiting', attempts: 2, waiting: { reason: 'put it there', events: [event] } },
  ])
})

test('a long reason is cut: a payload over the limit of a state would end the execution, with each other cluster of its batch', async () => {
  const names = Array.from({ length: 1200 }, (_, index) => `CertificateSigningRequest ${index}`.padEnd(250, 'x'))
  const answer = await invoke(async () => ({ waiting: { reason: names.join('; ') } }))

  expect(answer).toMatchObject({ ready: false, reason: expect.stringMatching(/^CertificateSigningRequest 0x+; .*…$/) })
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(64 * 1024)
  expect(await recordedSteps()).toMatchObject([{ status: 'waiting', waiting: { reason: answer.reason } }])
})

test('changes of a waiting step are recorded, and unchanged objects are not', async () => {
  const waiting = { reason: 'one is left' }
  await invoke(async () => ({ waiting, changes: [{ object: 'a', action: 'updated' }] }))
  await invokeAgain(async () => ({ waiting, changes: [{ object: 'a', action: 'unchanged' }] }))
  await invokeAgain(async () => ({ output: {}, changes: [{ object: 'b', action: 'created' }] }))
  const [recorded] = await recordedSteps()
  expect(recorded?.changes).toEqual([
    { object: 'a', action: 'updated' },
    { object: 'b', action: 'created' },
  ])
  expect(recorded).toMatchObject({ status: 'succeeded', waiting: { reason: 'one is left', events: [] } })
})

test('a StepError is thrown to the state machine, and recorded with its fields', async () => {
  const error = new OwnershipConflict({ object: 'arn:x', reason: 'it is theirs', action: 'Choose another name' })
  await expect(invoke(() => Promise.reject(error))).rejects.toBe(error)
  expect(await recordedSteps()).toMatchObject([
    {
      status: 'failed',
      error: { name: 'OwnershipConflict', object: 'arn:x', reason: 'it is theirs', action: 'Choose another name' },
    },
  ])
})

test('changes of a failed step are recorded, and another attempt does not lose them', async () => {
  const made = { object: 'arn:aws:iam::000000000000:role/x', action: 'created' } as const
  const run: StepRun<typeof anyStep> = (_, context) => {
    context.reportChange(made)
    return Promise.reject(new AccessDenied({ object: 'arn:x', reason: 'it is refused', action: 'Allow it' }))
  }
  await expect(invoke(run)).rejects.toThrow()
  expect(await recordedSteps()).toMatchObject([{ status: 'failed', changes: [made] }])
  await invokeAgain(async () => ({ output: {}, changes: [{ object: made.object, action: 'updated' }] }))
  expect(await recordedSteps()).toMatchObject([{ changes: [made, { object: made.object, action: 'updated' }] }])
})

test('the error has the failure when it cannot be recorded, or when the step records none', async () => {
  const parts = { object: 'arn:x', reason: 'it is theirs', action: 'Choose another name' }
  const run = () => Promise.reject(new OwnershipConflict(parts))
  const reported = { name: 'OwnershipConflict', ...parts, step: 'CreateRole', item: 'default/s3-reader' }
  vi.stubEnv('TABLE_NAME', 'no-such-table')
  const failure = await invokeAgain(run).catch((error: Error) => error)
  vi.unstubAllEnvs()
  expect(failure).toMatchObject({ name: 'InvalidObject' })
  expect(decodeFailure(causeOf(failure))).toMatchObject({
    step: 'CreateRole',
    reason: expect.stringContaining('dynamodb:'),
  })

  const recording = step.step({ ...anyStep, recording: true }, run)
  const unrecorded = await Promise.resolve(recording(envelope({}), lambdaContext())).catch((error: Error) => error)
  expect(decodeFailure(causeOf(unrecorded))).toEqual(reported)
})

test('only a step with withoutOperation runs without an operation, and then records nothing', async () => {
  const run = vi.fn(async () => ({ output: {}, changes: [] }))
  const event = { ...envelope({}), operationId: '' }
  await expect(step.step(anyStep, run)(event, lambdaContext())).rejects.toMatchObject({ name: 'OperationEnded' })
  expect(run).not.toHaveBeenCalled()
  const alone = step.step({ ...anyStep, withoutOperation: true }, run)
  expect(await alone(event, lambdaContext())).toEqual({ ready: true })
  await newOperation()
  expect(await alone(envelope({}), lambdaContext())).toEqual({ ready: true })
  expect(await recordedSteps()).toMatchObject([{ status: 'succeeded' }])
})

test('a step that succeeds at its second attempt shows no error', async () => {
  const error = new NotYetConsistent({ object: 'arn:x', reason: 'not yet', action: 'Wait' })
  await expect(invoke(() => Promise.reject(error))).rejects.toThrow()
  await invokeAgain(async () => ({ output: {}, changes: [] }))
  const [recorded] = await recordedSteps()
  expect(recorded).toMatchObject({ status: 'succeeded', attempts: 2 })
  expect(recorded?.error).toBeUndefined()
})

test('a defect keeps its name, and its message is neither returned, recorded nor logged', async () => {
  const lines = captureLog()
  const failure = await invoke(() => Promise.reject(new TypeError(`cannot read ${secret}`))).catch((e: Error) => e)
  expect(failure).toMatchObject({ name: 'TypeError' })
  expect(String(failure)).not.toContain(secret)
  expect(Object(failure).stack).not.toContain(secret)
  expect(Object(failure).cause).toBeUndefined()
  expect(JSON.stringify(await recordedSteps())).not.toContain(secret)
  expect(lines.join('')).not.toContain(secret)
  expect(lines.join('')).toContain('step.sandbox.test.ts')
})

test.each([AccessDenied, AccountRefused])('a refusal is counted, with its step', async (Refusal) => {
  await newOperation()
  const lines = captureLog()
  const refusal = new Refusal({ object: 'arn:x', reason: 'iam:CreateRole was refused', action: 'Allow it' })
  await expect(invoke(() => Promise.reject(refusal))).rejects.toThrow(Refusal)
  expect(lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line)).toMatchObject([
    { AccessDenied: 1, operationId, cluster: 'prod-eu', state: 'CreateRole', item: 'default/s3-reader' },
  ])
})

test('another failure is not counted as a refusal', async () => {
  await newOperation()
  const lines = captureLog()
  const conflict = new OwnershipConflict({ object: 'arn:x', reason: 'it is theirs', action: 'Choose another name' })
  await expect(invoke(() => Promise.reject(conflict))).rejects.toThrow(OwnershipConflict)
  expect(lines.filter((line) => line.includes('_aws'))).toEqual([])
})

test('neither the input nor the output of a step is logged', async () => {
  const lines = captureLog()
  await invoke(async () => ({ output: { token: secret }, changes: [] }), { given: secret })
  expect(lines.join('')).not.toContain(secret)
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'info', message: 'step succeeded', operationId, cluster: 'prod-eu', state: 'CreateRole', attempt: 0 },
  ])
})

test('a step is aborted shortly before its function times out, with a transient error', async () => {
  await newOperation()
  const context = lambdaContext(2_200)
  let remaining = 0
  const untilAborted: StepRun<typeof anyStep> = async (_, { signal }) => {
    if (!signal.aborted) await once(signal, 'abort')
    remaining = context.getRemainingTimeInMillis()
    throw signal.reason
  }
  await expect(invokeAgain(untilAborted, {}, context)).rejects.toMatchObject({ name: 'CloudUnavailable' })
  expect(remaining).toBeGreaterThan(0)
})

test('a step is aborted after its own time limit, when its function has more time', async () => {
  await newOperation()
  const untilAborted: StepRun<typeof anyStep> = async (_, { signal }) => {
    if (!signal.aborted) await once(signal, 'abort')
    throw signal.reason
  }
  const handler = step.step({ ...anyStep, timeoutSeconds: 2.2 }, untilAborted)
  await expect(handler(envelope({ given: 'x' }), lambdaContext(60_000))).rejects.toMatchObject({
    name: 'CloudUnavailable',
  })
})

test('each line of the log of a step, and each of its calls to AWS, names the step', async () => {
  const lines = captureLog()
  await aws.calls.clear()
  await invoke(async () => {
    log('info', 'something in between', {})
    return { output: {}, changes: [] }
  })
  log('info', 'afterwards', {})
  expect(lines.map((line) => JSON.parse(line)).map(({ state }) => state)).toEqual([
    'CreateRole',
    'CreateRole',
    undefined,
  ])
  const ofRecord = (await aws.calls.all()).filter(({ operation }) => operation.startsWith('dynamodb:'))
  expect(new Set(ofRecord.map((call) => call.step))).toEqual(new Set(['', 'CreateRole']))
})

test('an input that does not fit names its fields, and not their values', async () => {
  const failure = await invoke(() => Promise.reject(new Error('not reached')), { given: { secret } })
    .then(() => undefined)
    .catch((error: Error) => error)
  expect(failure).toMatchObject({ name: 'InvalidStepInput' })
  expect(String(failure)).toContain('given')
  expect(String(failure)).not.toContain(secret)
})

test('a function refuses a call by the state of another step', async () => {
  const handler = step.step({ ...anyStep, state: 'Verify' }, async () => ({ output: {}, changes: [] }))
  await expect(handler(envelope({}), lambdaContext())).rejects.toMatchObject({ name: 'InvalidStepInput' })
  await expect(handler({ nothing: true }, lambdaContext())).rejects.toMatchObject({ name: 'InvalidStepInput' })
})

test('a step knows whether it is a dry run, and differences are recorded field by field', async () => {
  const differences = [{ field: 'spec.replicas', desired: 2, observed: 1, manager: 'kubectl-scale' }]
  const run = vi.fn<StepRun<typeof anyStep>>(async () => ({
    output: {},
    changes: [{ object: 'Deployment a/b', action: 'updated', differences }],
  }))
  await newOperation()
  const handler = step.step({ ...anyStep, input: z.object({}) }, run)
  await handler({ ...envelope({}), dryRun: true }, lambdaContext())
  expect(run).toHaveBeenLastCalledWith({}, expect.objectContaining({ dryRun: true }))
  expect((await recordedSteps())[0]?.changes).toEqual([{ object: 'Deployment a/b', action: 'updated', differences }])
  await handler(envelope({}), lambdaContext())
  expect(run).toHaveBeenLastCalledWith({}, expect.objectContaining({ dryRun: false }))
})

test('a step of an ended operation does nothing', async () => {
  await newOperation()
  await operations.endOperation({ operationId, cluster: 'prod-eu' }, { status: 'cancelled' })
  const run = vi.fn()
  await expect(invokeAgain(run)).rejects.toMatchObject({ name: 'OperationEnded' })
  expect(run).not.toHaveBeenCalled()
})

test('a step that runs when its operation is cancelled keeps the lock until it has ended', async () => {
  const made = newOperationOf({ cluster: 'prod-eu', createdAt: new Date().toISOString() })
  await takeLock(made)
  const { cluster } = made.operation
  const heldBy = async () => (await lock.readLock(cluster))?.operationId
  await invokeAgain(async () => {
    await operations.endOperation(made.operation, { status: 'cancelled' })
    expect(await heldBy()).toBe(operationId)
    return { output: {}, changes: [] }
  })
  await operations.endOperation(made.operation, { status: 'cancelled' })
  expect(await heldBy()).toBeUndefined()
})

test.each<[string, StepRun<typeof anyStep>]>([
  ['has succeeded', async () => ({ output: {}, changes: [] })],
  ['waits', async () => ({ waiting: { reason: 'not yet' } })],
  ['has failed', () => Promise.reject(new NotYetConsistent({ object: 'o', reason: 'r', action: 'a' }))],
])('a step counts as running until its function would be stopped, and no longer when it %s', async (_, run) => {
  await newOperation()
  const before = Date.now()
  let during: string | undefined
  const observing: StepRun<typeof anyStep> = async (...call) => {
    during = (await recordedSteps())[0]?.runsUntil
    return run(...call)
  }
  await invokeAgain(observing, {}, lambdaContext(20_000)).catch(() => undefined)
  expect(Date.parse(during ?? '')).toBeGreaterThan(before + 15_000)
  expect(Date.parse(during ?? '')).toBeLessThan(Date.now() + 20_000)
  expect((await recordedSteps())[0]).not.toHaveProperty('runsUntil')
})

test('the start of a step is recorded before the state of its operation is read', async () => {
  await newOperation()
  const calls = await orderOfCalls(() => invokeAgain(async () => ({ output: {}, changes: [] })))
  expect(calls.slice(0, 3)).toEqual(['UpdateItem sent', 'UpdateItem answered', 'BatchGetItem sent'])
})

test('the end of an operation is recorded before its running steps are read', async () => {
  await newOperation()
  const end = () => operations.endOperation({ operationId, cluster: 'prod-eu' }, { status: 'cancelled' })
  expect((await orderOfCalls(end)).slice(0, 3)).toEqual(['UpdateItem sent', 'UpdateItem answered', 'Query sent'])
})

test('a step refuses another cluster than that of its operation', async () => {
  await newOperation()
  let isRun = false
  const run: StepRun<typeof anyStep> = async () => {
    isRun = true
    return { output: {}, changes: [] }
  }
  const call = step.step(anyStep, run)({ ...envelope({ given: 'x' }), cluster: 'another' }, lambdaContext())
  await expect(call).rejects.toMatchObject({ name: 'InvalidStepInput' })
  expect(isRun).toBe(false)
})

async function takeLock(made: ReturnType<typeof newOperationOf>): Promise<void> {
  expect(await recordOperation(made)).toBe('recorded')
  operationId = made.operation.operationId
}

async function invoke(run: StepRun<typeof anyStep>, input: unknown = { given: 'x' }) {
  await newOperation()
  return invokeAgain(run, input)
}

function invokeAgain(run: StepRun<typeof anyStep>, input: unknown = { given: 'x' }, context = lambdaContext()) {
  return step.step(anyStep, run)(envelope(input), context)
}

function envelope(input: unknown): object {
  return { operationId, cluster: 'prod-eu', state: 'CreateRole', item: 'default/s3-reader', attempt: 0, input }
}

/** The error that the state machine catches when a function throws this. */
function causeOf(thrown: unknown) {
  const { name, message } = thrown instanceof Error ? thrown : new Error('nothing was thrown')
  return { error: name, cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }) }
}

async function newOperation(): Promise<void> {
  if (operationId) await operations.endOperation({ operationId, cluster: 'prod-eu' }, { status: 'cancelled' })
  const { operation } = newOperationOf({ cluster: 'prod-eu' })
  operationId = operation.operationId
  expect(await recordOperation({ operation, request: {} })).toBe('recorded')
}

async function recordedSteps() {
  return (await operations.readOperation(operationId))?.steps ?? []
}

function captureLog(): string[] {
  const lines: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line))
    return true
  })
  return lines
}

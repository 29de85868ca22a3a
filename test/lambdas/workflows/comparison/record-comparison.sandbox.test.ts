import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readClusterStatus } from '../../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import type { StepRef } from '../../../../lambdas/operations/record/progress.ts'
import * as progress from '../../../../lambdas/operations/record/progress.ts'
import type { StepItem } from '../../../../lambdas/operations/record/record.ts'
import { type NewOperation, recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import type { SetupRequest } from '../../../../lambdas/spec/setup-request.ts'
import { description } from '../../../../lambdas/workflows/comparison/record-comparison.step.ts'
import * as step from '../../../../lambdas/workflows/comparison/record-comparison.ts'
import { exampleSpec, firstGeneration, newOperation, recordNext } from '../../../support/api/operations.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'
import { publishedMetrics } from '../../../support/aws/published-metrics.ts'
import { driftRequest, item, recordedSteps } from '../../../support/steps/compared-steps.ts'
import { stepContext } from '../../../support/steps/step-context.ts'

let operationId = ''

awsAccount()
afterEach(() => void vi.restoreAllMocks())
beforeEach(async () => {
  const { operation, request } = newOperation({ kind: 'drift' })
  operationId = operation.operationId
  expect(await recordOperation({ operation, request })).toBe('recorded')
})

const error = { name: 'OwnershipConflict', object: 'arn:provider', reason: 'it is not ours', action: 'Adopt it' }
const denied =
  'User: arn:machine is not authorized to perform: lambda:InvokeFunction on resource: arn:function because no policy allows it'

test('a comparison without failures has succeeded', async () => {
  await record([])
  expect(await recorded()).toMatchObject({ operation: { status: 'succeeded' }, steps: [] })
})

test('a failure that its step recorded is not changed', async () => {
  await progress.recordStarted(ref('RegisterOidc'), new Date())
  await progress.recordFailed(ref('RegisterOidc'), error, new Date())
  await record([{ state: 'RegisterOidc', error: 'OwnershipConflict', cause: 'something' }])
  expect(await recorded()).toMatchObject({ steps: [{ state: 'RegisterOidc', status: 'failed', error, attempts: 1 }] })
})

test('the failed call of a function is recorded, with the error of AWS', async () => {
  await record([{ state: 'CreateRole', item: 'a/b', error: 'Lambda.AWSLambdaException', cause: denied }])
  expect(await recorded()).toMatchObject({
    operation: { status: 'succeeded' },
    steps: [{ state: 'CreateRole', item: 'a/b', status: 'failed', error: { object: 'arn:function' } }],
  })
})

test('the failure of a killed function is recorded for its own item only', async () => {
  await progress.recordStarted(ref('CreateRole', 'a/b'), new Date())
  await progress.recordStarted(ref('CreateRole', 'a/c'), new Date())
  await progress.recordSucceeded(ref('CreateRole', 'a/c'), { changes: [], output: {} }, new Date())
  await record([{ state: 'CreateRole', item: 'a/b', error: 'Runtime.ExitError', cause: 'exit 137' }])
  const { steps } = await recorded()
  expect(steps.find(({ item }) => item === 'a/b')).toMatchObject({
    status: 'failed',
    error: { name: 'Runtime.ExitError', reason: 'the function of CreateRole gave no answer (Runtime.ExitError)' },
  })
  expect(steps.find(({ item }) => item === 'a/c')).toMatchObject({ status: 'succeeded' })
})

test('a repeated run after a crash records the same', async () => {
  const failures = [{ state: 'CreateRole', item: 'a/b', error: 'Lambda.AWSLambdaException', cause: denied }]
  await record(failures)
  const first = await recorded()
  await record(failures)
  expect(await recorded()).toEqual(first)
})

test('a cancelled comparison stays cancelled', async () => {
  await operations.endOperation({ operationId, cluster: 'c' }, { status: 'cancelled' })
  await record([])
  expect(await recorded()).toMatchObject({ operation: { status: 'cancelled' } })
})

describe('a scheduled drift', () => {
  const roleArn = 'arn:aws:iam::000000000000:role/r'
  let cluster = ''

  /** Ends a setup of a cluster, and starts a drift of it that finds these fields changed. */
  const drifting = (...fields: readonly string[]) => driftingIn('report', fields)

  async function driftingIn(reconcile: SetupRequest['reconcile'], fields: readonly string[]): Promise<void> {
    const setup = newOperation()
    cluster = setup.operation.cluster
    const change = firstGeneration(exampleSpec('setup', { reconcile }))
    expect(await recordNext({ ...setup, change })).toBe('recorded')
    await operations.endOperation(setup.operation, { status: 'succeeded' })
    await begin(newOperation({ kind: 'drift', cluster }).operation)
    await progress.recordStarted(ref('CreateRole', item), new Date())
    const differences = fields.map((field) => ({ field, desired: 'a', observed: 'b' }))
    const changes = [{ object: roleArn, action: 'updated' as const, differences }]
    await progress.recordSucceeded(ref('CreateRole', item), { changes, output: {} }, new Date())
  }

  async function begin(operation: NewOperation['operation']): Promise<void> {
    operationId = operation.operationId
    expect(await recordOperation({ operation, request: driftRequest })).toBe('recorded')
  }

  const recordScheduled = async () => {
    const input = description.input.parse({ failures: [], scheduled: true })
    const result = await step.run(input, { ...stepContext(cluster), operationId })
    return 'output' in result ? result.output : undefined
  }

  test('records its summary for subscribers, and publishes the number of differences by severity', async () => {
    const published = publishedMetrics()
    await drifting('trustPolicy', 'description', 'tags.x')
    await recordScheduled()
    const counts = published().map(({ severity, DriftDifferences }) => [severity, DriftDifferences])
    expect(Object.fromEntries(counts)).toEqual({ security: 1, function: 0, cosmetic: 2 })
    const found = { severity: 'security', differences: 3 }
    expect(await recorded()).toMatchObject({ operation: { status: 'succeeded', found } })
  })

  test('without a difference records no summary, and publishes zeros', async () => {
    const published = publishedMetrics()
    await drifting()
    await begin(newOperation({ kind: 'drift', cluster }).operation)
    await recordAll(recordedSteps())
    await recordScheduled()
    expect((await recorded()).operation).not.toHaveProperty('found')
    expect(published().map(({ DriftDifferences }) => DriftDifferences)).toEqual([0, 0, 0])
  })

  test('of a cluster that an operation is changing, or has changed since, records and publishes nothing', async () => {
    const published = publishedMetrics()
    await drifting('trustPolicy')
    const setup = newOperation({ cluster })
    expect(await recordNext(setup)).toBe('recorded')
    await recordScheduled()
    await operations.endOperation(setup.operation, { status: 'succeeded' })
    await recordScheduled()
    expect((await recorded()).operation).not.toHaveProperty('found')
    expect(published()).toEqual([])
  })

  test('records the time of the comparison, unless an operation is changing the cluster or a caller requested the drift', async () => {
    const comparedAtOf = async () => (await readClusterStatus(cluster))?.comparedAt
    await drifting('description')
    await record([])
    expect(await comparedAtOf()).toBeUndefined()
    await begin(newOperation({ kind: 'drift', cluster }).operation)
    const setup = newOperation({ cluster })
    expect(await recordNext(setup)).toBe('recorded')
    await recordScheduled()
    expect(await comparedAtOf()).toBeUndefined()
    await operations.endOperation(setup.operation, { status: 'succeeded' })
    await begin(newOperation({ kind: 'drift', cluster }).operation)
    await recordScheduled()
    expect(await comparedAtOf()).toEqual(expect.any(String))
  })

  test('records the differences to repair, if the spec of the cluster says so', async () => {
    await comparedIn('repair')
    await recordScheduled()
    expect((await recorded()).operation.toRepair).toHaveLength(1)
  })

  test('records nothing to repair if the spec says report, or a caller requested the drift', async () => {
    await comparedIn('report')
    await recordScheduled()
    expect((await recorded()).operation).not.toHaveProperty('toRepair')
    await comparedIn('repair')
    await step.run(description.input.parse({ failures: [] }), { ...stepContext(cluster), operationId })
    expect((await recorded()).operation).not.toHaveProperty('toRepair')
  })

  /** Starts a drift of a cluster that compares all objects and finds one field changed. */
  async function comparedIn(reconcile: SetupRequest['reconcile']): Promise<void> {
    await driftingIn(reconcile, [])
    await begin(newOperation({ kind: 'drift', cluster }).operation)
    const differences = [{ field: 'trustPolicy', desired: 'a', observed: 'b' }]
    const changes = [{ object: roleArn, action: 'updated' as const, differences }]
    await recordAll(recordedSteps({ CreateRole: { item, changes } }))
  }

  test('of a cluster that was removed meanwhile has no output', async () => {
    await drifting('trustPolicy')
    cluster = 'gone'
    expect(await recordScheduled()).toEqual({})
  })
})

test('a drift that a caller requested publishes no metrics', async () => {
  const published = publishedMetrics()
  await record([])
  expect(published()).toEqual([])
})

async function recordAll(steps: readonly StepItem[]): Promise<void> {
  for (const { state, item, changes = [], output } of steps) {
    await progress.recordStarted(ref(state, item), new Date())
    await progress.recordSucceeded(ref(state, item), { changes: [...changes], output: output ?? {} }, new Date())
  }
}

function ref(state: string, item?: string): StepRef {
  return { operationId, state, item }
}

function record(failures: readonly object[]) {
  return step.run(description.input.parse({ failures }), { ...stepContext('c'), operationId })
}

async function recorded() {
  const observed = await operations.readOperation(operationId)
  if (!observed) throw new Error('the operation is not recorded')
  return observed
}

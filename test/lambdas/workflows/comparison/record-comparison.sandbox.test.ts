import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readClusterStatus } from '../../../../lambdas/operations/record/cluster-record.ts'
import * as operations from '../../../../lambdas/operations/record/operations.ts'
import type { StepRef } from '../../../../lambdas/operations/record/progress.ts'
import * as progress from '../../../../lambdas/operations/record/progress.ts'
import type { StepItem } from '../../../../lambdas/operations/record/record.ts'
import { type NewOperation, recordOperation } from '../../../../lambdas/operations/start/record-operation.ts'
import type { SetupRequest } from '../../../../lambdas/spec/parts.ts'
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

test('a comparison in which nothing failed has succeeded', async () => {
  await record([])
  expect(await recorded()).toMatchObject({ operation: { status: 'succeeded' }, steps: [] })
})

test('a failure that its step has recorded stays as it is', async () => {
  await progress.recordStarted(ref('RegisterOidc'), new Date())
  await progress.recordFailed(ref('RegisterOidc'), error, new Date())
  await record([{ state: 'RegisterOidc', error: 'OwnershipConflict', cause: 'something' }])
  expect(await recorded()).toMatchObject({ steps: [{ state: 'RegisterOidc', status: 'failed', error, attempts: 1 }] })
})

test('a function that could not be called has its failure recorded, with what AWS said', async () => {
  await record([{ state: 'CreateRole', item: 'a/b', error: 'Lambda.AWSLambdaException', cause: denied }])
  expect(await recorded()).toMatchObject({
    operation: { status: 'succeeded' },
    steps: [{ state: 'CreateRole', item: 'a/b', status: 'failed', error: { object: 'arn:function' } }],
  })
})

test('a function that was killed has its failure recorded, and only its own', async () => {
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

test('run again after a crash, it comes to the same', async () => {
  const failures = [{ state: 'CreateRole', item: 'a/b', error: 'Lambda.AWSLambdaException', cause: denied }]
  await record(failures)
  const first = await recorded()
  await record(failures)
  expect(await recorded()).toEqual(first)
})

test('a comparison that was cancelled stays so', async () => {
  await operations.endOperation({ operationId, cluster: 'c' }, { status: 'cancelled' })
  await record([])
  expect(await recorded()).toMatchObject({ operation: { status: 'cancelled' } })
})

describe('of a scheduled drift', () => {
  const roleArn = 'arn:aws:iam::000000000000:role/r'
  let cluster = ''

  /** Ends a setup of a cluster, and begins a drift of it that finds these fields changed. */
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

  test('the summary is recorded for subscribers, and the differences are counted by severity', async () => {
    const published = publishedMetrics()
    await drifting('trustPolicy', 'description', 'tags.x')
    await recordScheduled()
    const counts = published().map(({ severity, DriftDifferences }) => [severity, DriftDifferences])
    expect(Object.fromEntries(counts)).toEqual({ security: 1, function: 0, cosmetic: 2 })
    const found = { severity: 'security', differences: 3 }
    expect(await recorded()).toMatchObject({ operation: { status: 'succeeded', found } })
  })

  test('that has found nothing, nothing is told, and all counts are 0', async () => {
    const published = publishedMetrics()
    await drifting()
    await begin(newOperation({ kind: 'drift', cluster }).operation)
    await recordAll(recordedSteps())
    await recordScheduled()
    expect((await recorded()).operation).not.toHaveProperty('found')
    expect(published().map(({ DriftDifferences }) => DriftDifferences)).toEqual([0, 0, 0])
  })

  test('of a cluster that an operation is changing, or has changed since, nothing is told', async () => {
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

  test('the turn of the cluster is recorded, and not while an operation is changing it, or of a drift that somebody has asked for', async () => {
    const turnOf = async () => (await readClusterStatus(cluster))?.comparedAt
    await drifting('description')
    await record([])
    expect(await turnOf()).toBeUndefined()
    await begin(newOperation({ kind: 'drift', cluster }).operation)
    const setup = newOperation({ cluster })
    expect(await recordNext(setup)).toBe('recorded')
    await recordScheduled()
    expect(await turnOf()).toBeUndefined()
    await operations.endOperation(setup.operation, { status: 'succeeded' })
    await begin(newOperation({ kind: 'drift', cluster }).operation)
    await recordScheduled()
    expect(await turnOf()).toEqual(expect.any(String))
  })

  test('what differs is recorded to be repaired, if the spec of the cluster says so', async () => {
    await comparedIn('repair')
    await recordScheduled()
    expect((await recorded()).operation.toRepair).toHaveLength(1)
  })

  test('nothing is recorded to be repaired where the spec says report, or somebody has asked for the drift', async () => {
    await comparedIn('report')
    await recordScheduled()
    expect((await recorded()).operation).not.toHaveProperty('toRepair')
    await comparedIn('repair')
    await step.run(description.input.parse({ failures: [] }), { ...stepContext(cluster), operationId })
    expect((await recorded()).operation).not.toHaveProperty('toRepair')
  })

  /** Begins a drift of a cluster of which all is compared, and one field differs. */
  async function comparedIn(reconcile: SetupRequest['reconcile']): Promise<void> {
    await driftingIn(reconcile, [])
    await begin(newOperation({ kind: 'drift', cluster }).operation)
    const differences = [{ field: 'trustPolicy', desired: 'a', observed: 'b' }]
    const changes = [{ object: roleArn, action: 'updated' as const, differences }]
    await recordAll(recordedSteps({ CreateRole: { item, changes } }))
  }

  test('of a cluster that was torn down meanwhile, nothing is told', async () => {
    await drifting('trustPolicy')
    cluster = 'gone'
    expect(await recordScheduled()).toEqual({})
  })
})

test('of a drift that somebody has asked for, nothing is told', async () => {
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
  if (!observed) throw new Error('there is no operation')
  return observed
}

import { beforeEach, expect, test } from 'vitest'
import * as operations from '../../../../lambdas/operations/operations.ts'
import type { StepRef } from '../../../../lambdas/operations/progress.ts'
import * as progress from '../../../../lambdas/operations/progress.ts'
import { description } from '../../../../lambdas/workflows/comparison/record-comparison.step.ts'
import * as step from '../../../../lambdas/workflows/comparison/record-comparison.ts'
import { awsAccount } from '../../../support/aws-account.ts'
import { newOperation } from '../../../support/operations.ts'
import { stepContext } from '../../../support/step-context.ts'

let operationId = ''

awsAccount()
beforeEach(async () => {
  const { operation, request } = newOperation({ kind: 'drift' })
  operationId = operation.operationId
  expect(await operations.recordOperation({ operation, request })).toBe('recorded')
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

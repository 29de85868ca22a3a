import { describe, expect, test } from 'vitest'
import { readExecution, stopExecution } from '../../../../lambdas/operations/reconcile/executions.ts'
import { startExecution } from '../../../../lambdas/operations/start/start-recorded.ts'
import { scriptedAws } from '../../../support/aws/scripted-aws.ts'

const setups = 'arn:aws:states:eu-west-1:123456789012:stateMachine:setup'
const aws = scriptedAws({ STATE_MACHINE_ARNS: JSON.stringify({ setup: setups }) })

const executed = { operationId: 'o-1', kind: 'setup' } as const
const refused = (name: string) => ({ status: 400, body: { __type: name, message: 'no' } })

test('an execution that exists already is no error of a start', async () => {
  aws.answer(refused('ExecutionAlreadyExists'))
  await startExecution(executed, { cluster: {} })
  expect(aws.requests.map(({ body }): unknown => JSON.parse(body))).toEqual([
    {
      stateMachineArn: setups,
      name: 'o-1',
      input: JSON.stringify({ operationId: 'o-1', request: { cluster: {} } }),
    },
  ])
})

test.each([
  ['ExecutionLimitExceeded', 'CloudUnavailable', 'could not serve'],
  ['KmsThrottlingException', 'CloudUnavailable', 'could not serve'],
  ['AccessDeniedException', 'AccessDenied', 'AWS refused states:StartExecution'],
  ['StateMachineDoesNotExist', 'InvalidObject', 'does not exist'],
  ['ValidationException', 'InvalidObject', 'AWS refused the input'],
])('a start that fails with %s is a failure of the kind %s', async (answer, name, reason) => {
  aws.answer(...Array.from({ length: 5 }, () => refused(answer)))
  await expect(startExecution(executed, {})).rejects.toMatchObject({ name, reason: expect.stringContaining(reason) })
})

describe('an execution', () => {
  test.each(['RUNNING', 'PENDING_REDRIVE'])('that is %s has not ended', async (status) => {
    aws.answer({ body: { status } })
    expect(await readExecution(executed)).toBe('running')
  })

  test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'])('that is %s has ended', async (status) => {
    aws.answer({ body: { status, error: 'e', cause: 'c' } })
    expect(await readExecution(executed)).toEqual({ status, error: 'e', cause: 'c' })
  })

  test('that was never started is absent, and cannot be stopped', async () => {
    aws.answer(refused('ExecutionDoesNotExist'), refused('ExecutionDoesNotExist'))
    expect(await readExecution(executed)).toBe('absent')
    expect(await stopExecution(executed, 'ada')).toBe(false)
  })

  test.each(['SUCCEEDED', 'ABORTED'])('that is %s cannot be stopped, which is no error', async (status) => {
    aws.answer(refused('ValidationException'), { body: { status } })
    expect(await stopExecution(executed, 'ada')).toBe(false)
  })

  test.each(['SUCCEEDED', 'FAILED', 'TIMED_OUT'])(
    'that was %s before is not reported as stopped, although AWS accepts the call',
    async (status) => {
      aws.answer({ body: { stopDate: 1 } }, { body: { status } })
      expect(await stopExecution(executed, 'ada')).toBe(false)
    },
  )

  test.each(['RUNNING', 'ABORTED'])('that is %s after the call is reported as stopped', async (status) => {
    aws.answer({ body: { stopDate: 1 } }, { body: { status } })
    expect(await stopExecution(executed, 'ada')).toBe(true)
  })

  test('that runs and cannot be stopped is an error', async () => {
    aws.answer(refused('ValidationException'), { body: { status: 'RUNNING' } })
    await expect(stopExecution(executed, 'ada')).rejects.toMatchObject({ object: expect.stringContaining('o-1') })
  })
})

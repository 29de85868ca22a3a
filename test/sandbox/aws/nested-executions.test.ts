/** Executions that a Task of another execution starts and waits for. */
import { DescribeExecutionCommand, ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn'
import { beforeAll, expect, test, vi } from 'vitest'
import { bothForTests } from './support/both.ts'
import {
  allowMachineStart,
  clientOf,
  create,
  createMachineRole,
  ended,
  outputOf,
  run,
  type Server,
  start,
} from './support/machines.ts'

const both = bothForTests()

beforeAll(() => Promise.all([both.plain, both.patched].map(createMachineRole)))

const end = { End: true }
const only = (state: object) => ({ StartAt: 'Only', States: { Only: { ...state, ...end } } })

/** Waits for an execution of the machine, and then runs one more state. */
function waitingFor(stateMachineArn: string) {
  return {
    StartAt: 'Nested',
    States: {
      Nested: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Arguments: { StateMachineArn: stateMachineArn, Input: { half: '{% $states.input.whole / 2 %}' } },
        Output: '{% $states.result.Output %}',
        Next: 'After',
      },
      After: { Type: 'Pass', Output: { of: '{% $states.input %}' }, ...end },
    },
  }
}

async function started(server: Server, machine: object): Promise<string> {
  const arn = await create(server, machine)
  await allowMachineStart(server, arn)
  return arn
}

test('the parent execution continues with the output of the child', async () => {
  const arn = await started(both.patched, only({ Type: 'Pass', Output: '{% $states.input.half + 1 %}' }))
  expect(await outputOf(both.patched, waitingFor(arn), { whole: 10 })).toEqual({ of: 6 })
})

test('each execution has its own event history', async () => {
  const items = { Type: 'Map', Items: '{% [1..4000] %}', ItemProcessor: only({ Type: 'Pass', Output: {} }), Output: 1 }
  const arn = await started(both.patched, only(items))
  const twice = { Type: 'Map', Items: [2, 2], ItemProcessor: waitingFor(arn), ItemSelector: { whole: 2 } }
  // Each has 16,000 events, and an execution may have 25,000.
  expect(await outputOf(both.patched, only(twice))).toEqual([{ of: 1 }, { of: 1 }])
})

test('a failure of the child fails the Task', async () => {
  const arn = await started(both.patched, {
    StartAt: 'Fail',
    States: { Fail: { Type: 'Fail', Error: 'Own', Cause: 'c' } },
  })
  expect((await run(both.patched, waitingFor(arn), { whole: 1 })).status).toBe('FAILED')
})

test('a machine starts only machines that its role allows', async () => {
  await started(both.patched, only({ Type: 'Pass' }))
  const other = await create(both.patched, only({ Type: 'Pass' }))
  const { status, error, cause } = await run(both.patched, waitingFor(other), { whole: 1 })
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'StepFunctions.AWSStepFunctionsException' })
  expect(cause).toContain('states:StartExecution')
  expect(
    (await run(both.plain, waitingFor(await create(both.plain, only({ Type: 'Pass' }))), { whole: 1 })).status,
  ).toBe('SUCCEEDED')
})

test('stopping the parent stops the child', async () => {
  const arn = await started(both.patched, only({ Type: 'Wait', Seconds: 60 }))
  const executionArn = await start(both.patched, waitingFor(arn), { whole: 1 })
  const client = clientOf(both.patched)
  const other = await vi.waitFor(async () => {
    const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn: arn }))
    const [first] = executions
    if (!first) throw new Error('it is not started yet')
    return first.executionArn
  })
  await client.send(new StopExecutionCommand({ executionArn }))
  expect((await ended(both.patched, executionArn)).status).toBe('ABORTED')
  await vi.waitFor(async () => {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn: other }))
    expect(status).toBe('ABORTED')
  })
})

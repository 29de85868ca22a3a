import {
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn'
import { beforeAll, expect, test, vi } from 'vitest'
import { account } from '../../../sandbox/account.ts'
import { definition } from '../../support/workflows/definitions.ts'
import { statesOf } from '../../support/workflows/workflow-parts.ts'
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
import { json } from './support/query.ts'

const both = bothForTests()

beforeAll(() => Promise.all([both.plain, both.patched].map(createMachineRole)))

async function typesOf(server: Server, executionArn: string): Promise<(string | undefined)[]> {
  const { events = [] } = await clientOf(server).send(new GetExecutionHistoryCommand({ executionArn }))
  return events.map(({ type }) => type)
}

const pass = (output: unknown, more: object = { End: true }) => ({ Type: 'Pass', Output: output, ...more })
const branch = (state: object) => ({ StartAt: 'Only', States: { Only: state } })
const end = { End: true }

test.concurrent('a Parallel state has Arguments, Output and Assign', async () => {
  const machine = {
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Arguments: { half: '{% $states.input.whole / 2 %}' },
        Branches: [branch(pass('{% $states.input.half + 1 %}')), branch(pass('{% $states.input.half + 2 %}'))],
        Output: '{% $sum($states.result) %}',
        Assign: { results: '{% $states.result %}' },
        Next: 'Last',
      },
      Last: pass({ sum: '{% $states.input %}', results: '{% $results %}' }),
    },
  }
  expect(await outputOf(both.plain, machine, { whole: 10 })).not.toEqual({ sum: 13, results: [6, 7] })
  expect(await outputOf(both.patched, machine, { whole: 10 })).toEqual({ sum: 13, results: [6, 7] })
})

test.concurrent('each branch of a Parallel state has its own variables and its own state in the context', async () => {
  const named = (seconds: number) => ({
    StartAt: `Wait${seconds}`,
    States: {
      [`Wait${seconds}`]: {
        Type: 'Wait',
        Seconds: seconds,
        Assign: { mine: '{% $states.context.State.Name %}' },
        Next: `After${seconds}`,
      },
      [`After${seconds}`]: pass({ mine: '{% $mine %}', outer: '{% $outer %}' }),
    },
  })
  const machine = {
    StartAt: 'First',
    States: {
      First: { Type: 'Pass', Assign: { outer: 'seen' }, Next: 'Both' },
      Both: { Type: 'Parallel', Branches: [named(1), named(2)], Next: 'Last' },
      Last: pass({ results: '{% $states.input %}', leaked: '{% $exists($mine) %}' }),
    },
  }
  const results = [
    { mine: 'Wait1', outer: 'seen' },
    { mine: 'Wait2', outer: 'seen' },
  ]
  expect(await outputOf(both.plain, machine)).not.toEqual({ results, leaked: false })
  expect(await outputOf(both.patched, machine)).toEqual({ results, leaked: false })
})

/** Longer than the timeout of a test. */
const hour = 3600

test.concurrent('the first branch that fails ends the Parallel state, whose Catch may Assign', async () => {
  const machine = (seconds: number) => ({
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: [
          branch({ Type: 'Fail', Error: 'OwnershipConflict', Cause: 'somebody made it' }),
          branch({ Type: 'Wait', Seconds: seconds, ...end }),
        ],
        Catch: [
          {
            ErrorEquals: ['OwnershipConflict'],
            Assign: { failure: '{% $states.errorOutput %}' },
            Output: 'caught',
            Next: 'Last',
          },
        ],
        ...end,
      },
      Last: pass({ failure: '{% $failure %}', input: '{% $states.input %}' }),
    },
  })
  const began = performance.now()
  await outputOf(both.plain, machine(2))
  expect(performance.now() - began).toBeGreaterThan(2000)
  expect(await outputOf(both.patched, machine(hour))).toEqual({
    failure: { Error: 'OwnershipConflict', Cause: 'somebody made it' },
    input: 'caught',
  })
})

test.concurrent('the first item that fails ends the Map, and no other item begins', async () => {
  const machine = {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Items: '{% $states.input.seconds %}',
        MaxConcurrency: 2,
        ItemSelector: {
          seconds: '{% $states.context.Map.Item.Value %}',
          index: '{% $states.context.Map.Item.Index %}',
        },
        ItemProcessor: {
          StartAt: 'Wait',
          States: {
            Wait: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', Next: 'Which' },
            Which: {
              Type: 'Choice',
              Choices: [{ Condition: '{% $states.input.seconds = 1 %}', Next: 'Fail' }],
              Default: 'Fine',
            },
            Fail: { Type: 'Fail', Error: 'OwnershipConflict', Cause: '{% $string($states.input.index) %}' },
            Fine: pass('{% $states.input.index %}'),
          },
        },
        Output: '{% $states.result %}',
        ...end,
      },
    },
  }
  const began = performance.now()
  await run(both.plain, machine, { seconds: [2, 1, 2] })
  expect(performance.now() - began).toBeGreaterThan(2000)
  const failed = { status: 'FAILED', error: 'OwnershipConflict', cause: '1' }
  expect(await run(both.patched, machine, { seconds: [hour, 1, hour] })).toMatchObject(failed)
  expect(await outputOf(both.patched, machine, { seconds: [0, 2, 0] })).toEqual([0, 1, 2])
})

test.concurrent('a Succeed state has an Output', async () => {
  const machine = { StartAt: 'Done', States: { Done: { Type: 'Succeed', Output: '{% $states.input.a %}' } } }
  expect(await outputOf(both.plain, machine, { a: 1 })).toEqual({ a: 1 })
  expect(await outputOf(both.patched, machine, { a: 1 })).toBe(1)
})

/** The statuses of an execution that EventBridge has sent to a queue. */
async function sentStatuses(server: Server, QueueUrl: string, executionArn: string): Promise<unknown[]> {
  const { Messages = [] } = await json(server, 'sqs', 'AmazonSQS.ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })
  const details = (Messages as { Body: string }[]).map(({ Body }) => JSON.parse(Body).detail)
  return details.filter((detail) => detail.executionArn === executionArn).map(({ status }) => status)
}

/** A queue that receives an event from EventBridge for every execution that ends. */
async function queueOfEnds(server: Server): Promise<string> {
  const { QueueUrl } = await json(server, 'sqs', 'AmazonSQS.CreateQueue', { QueueName: 'ends' })
  const EventPattern = JSON.stringify({
    source: ['aws.states'],
    detail: { status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
  })
  await json(server, 'events', 'AWSEvents.PutRule', { Name: 'ends', EventPattern })
  const Arn = `arn:aws:sqs:${account.region}:${account.id}:ends`
  await json(server, 'events', 'AWSEvents.PutTargets', { Rule: 'ends', Targets: [{ Id: 'queue', Arn }] })
  return String(QueueUrl)
}

test.concurrent('an execution times out once after its TimeoutSeconds, and EventBridge sends the event', async () => {
  const machine = { TimeoutSeconds: 1, StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: 3, ...end } } }
  expect((await run(both.plain, machine)).status).toBe('SUCCEEDED')
  const queue = await queueOfEnds(both.patched)
  const executionArn = await start(both.patched, machine)
  expect((await ended(both.patched, executionArn)).status).toBe('TIMED_OUT')
  await new Promise((resolve) => setTimeout(resolve, 2500))
  expect((await typesOf(both.patched, executionArn)).at(-1)).toBe('ExecutionTimedOut')
  expect(await sentStatuses(both.patched, queue, executionArn)).toEqual(['TIMED_OUT'])
})

test.concurrent('StopExecution ends the branches of a Map or Parallel, and is the last event', async () => {
  const call = { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Arguments: {} }
  const machine = {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Items: [1],
        ItemProcessor: {
          StartAt: 'Both',
          States: {
            Both: {
              Type: 'Parallel',
              Branches: [
                {
                  StartAt: 'First',
                  States: {
                    // The history shows the calls inside a Map, but not its waits.
                    First: { ...call, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Wait' }], Next: 'Wait' },
                    Wait: { Type: 'Wait', Seconds: 3, Next: 'Second' },
                    Second: { ...call, ...end },
                  },
                },
              ],
              ...end,
            },
          },
        },
        ...end,
      },
    },
  }
  const callsOf = async (server: Server, executionArn: string) =>
    (await typesOf(server, executionArn)).filter((type) => type === 'TaskScheduled').length
  const untilCalls = (server: Server, executionArn: string, count: number) =>
    vi.waitFor(async () => expect(await callsOf(server, executionArn)).toBe(count), { timeout: 20_000 })
  const stopInWait = async (server: Server) => {
    const executionArn = await start(server, machine)
    await untilCalls(server, executionArn, 1)
    await clientOf(server).send(new StopExecutionCommand({ executionArn, error: 'Cancelled', cause: 'by a test' }))
    return executionArn
  }
  const patched = await stopInWait(both.patched)
  // The plain one was stopped later, and continues. When its wait is over, that of the patched one would be, too.
  await untilCalls(both.plain, await stopInWait(both.plain), 2)
  const stopped = { status: 'ABORTED', error: 'Cancelled', cause: 'by a test' }
  expect(await ended(both.patched, patched)).toMatchObject(stopped)
  expect(await callsOf(both.patched, patched)).toBe(1)
  expect((await typesOf(both.patched, patched)).at(-1)).toBe('ExecutionAborted')
})

test.concurrent('the expressions of an Assign see the values from before the state', async () => {
  const machine = {
    StartAt: 'First',
    States: {
      First: { Type: 'Pass', Assign: { one: 1, two: 2 }, Next: 'Swap' },
      Swap: { Type: 'Pass', Assign: { one: '{% $two %}', two: '{% $one %}' }, Next: 'Last' },
      Last: pass('{% [$one, $two] %}'),
    },
  }
  expect(await outputOf(both.plain, machine)).toEqual([2, 2])
  expect(await outputOf(both.patched, machine)).toEqual([2, 1])
})

test.concurrent('more than 256 KiB of state fails, and States.ALL does not catch it', async () => {
  const machine = {
    StartAt: 'Double',
    States: {
      Double: {
        Type: 'Parallel',
        Branches: [branch(pass('{% $states.input.text & $states.input.text %}'))],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
        ...end,
      },
      Caught: pass('caught'),
    },
  }
  const input = { text: 'x'.repeat(150 * 1024) }
  expect((await run(both.plain, machine, input)).status).toBe('SUCCEEDED')
  expect(await run(both.patched, machine, input)).toMatchObject({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  })
})

test.concurrent('TimeoutSeconds of a Task may be an expression', async () => {
  const slow = { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: 3, ...end } } }
  const caught = async (server: Server) => {
    const StateMachineArn = await create(server, slow)
    await allowMachineStart(server, StateMachineArn)
    const machine = {
      StartAt: 'Nested',
      States: {
        Nested: {
          Type: 'Task',
          Resource: 'arn:aws:states:::states:startExecution.sync:2',
          Arguments: { StateMachineArn },
          TimeoutSeconds: '{% $states.input.seconds %}',
          Catch: [{ ErrorEquals: ['States.Timeout'], Output: '{% $states.errorOutput.Error %}', Next: 'Caught' }],
          ...end,
        },
        Caught: pass('{% $states.input %}'),
      },
    }
    return outputOf(server, machine, { seconds: 1 })
  }
  expect(await caught(both.plain)).toMatch(/^FAILED/)
  expect(await caught(both.patched)).toBe('States.Timeout')
})

test.concurrent('concurrent expressions have a second of processor time each', async () => {
  const busy = { StartAt: 'Busy', States: { Busy: pass('{% $count([1..25000].($ * 2)) %}') } }
  const machine = {
    StartAt: 'Each',
    States: {
      Each: { Type: 'Map', Items: '{% [1..10] %}', ItemProcessor: busy, Output: '{% $sum($states.result) %}', ...end },
    },
  }
  expect(await run(both.plain, machine)).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' })
  expect(await outputOf(both.patched, machine)).toBe(250_000)
})

test.concurrent('starting a running execution again returns it when the input is the same', async () => {
  const machine = { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: hour, ...end } } }
  const startTwice = async (server: Server, second: string) => {
    const stateMachineArn = await create(server, machine)
    const first = { stateMachineArn, name: 'one', input: '{"a": 1}' }
    const client = clientOf(server)
    const { executionArn } = await client.send(new StartExecutionCommand(first))
    const again = await client.send(new StartExecutionCommand({ ...first, input: second }))
    return again.executionArn === executionArn
  }
  const already = { name: 'ExecutionAlreadyExists' }
  await expect(startTwice(both.plain, '{"a":1}')).rejects.toMatchObject(already)
  await expect(startTwice(both.patched, '{"a":1}')).resolves.toBe(true)
  await expect(startTwice(both.patched, '{"a":2}')).rejects.toMatchObject(already)
})

test.concurrent('an execution keeps the definition with which it started', async () => {
  const machine = { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: hour, ...end } } }
  const definitionAfterUpdate = async (server: Server) => {
    const client = clientOf(server)
    const stateMachineArn = await create(server, machine)
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }))
    const next = { ...machine, QueryLanguage: 'JSONata', Comment: 'the next one' }
    await client.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(next) }))
    const described = await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }))
    return JSON.parse(described.definition ?? '')
  }
  expect(await definitionAfterUpdate(both.plain)).toMatchObject({ Comment: 'the next one' })
  expect(await definitionAfterUpdate(both.patched)).toEqual({ QueryLanguage: 'JSONata', ...machine })
})

test('the wait scale shortens waits', async () => {
  const machine = { StartAt: 'Long', States: { Long: { Type: 'Wait', Seconds: '{% 10 * 2 %}', ...end } } }
  await both.patched.setWaitScale(0.05)
  const began = performance.now()
  await run(both.patched, machine)
  await both.patched.setWaitScale(1)
  expect(performance.now() - began).toBeLessThan(5000)
})

const many = Array.from({ length: 400 }, (_, at) => ({
  namespace: 'apps',
  serviceAccount: `account-${at}`,
  at,
  arn: `arn-${at}`,
}))

// The engine allows an expression a second of processor time.
test.concurrent.each(['setup', 'verify', 'compare', 'teardown'] as const)(
  'the expressions that divide 400 workloads of a %s into batches are evaluated in time',
  async (workflow) => {
    const inBatches = statesOf(definition(workflow)).filter(([name]) => name.endsWith('InBatches'))
    expect(inBatches).not.toEqual([])
    for (const [, { Items }] of inBatches) {
      const Assign = { request: '{% $states.input.request %}', roles: '{% $states.input.roles %}', installed: {} }
      const States = { Assign: { Type: 'Pass', Assign, Next: 'Cut' }, Cut: pass(Items) }
      const input = { request: { workloads: many, removed: many }, roles: many }
      const cut = await outputOf(both.patched, { StartAt: 'Assign', States }, input)
      expect(cut).toHaveLength(10)
    }
  },
)

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { deploy } from '../../../sandbox/aws/deploy.ts'
import { bothForTests } from './support/both.ts'
import { type Fixture, fixtureApp, startFixture } from './support/fixture.ts'
import { invoke } from './support/invoke.ts'

let fixture: Fixture
const both = bothForTests()
beforeAll(async () => {
  fixture = await startFixture({ HTTPS_PROXY: 'http://127.0.0.1:9' })
  await deploy({ aws: both.plain, directory: join(fixture.directory, 'cdk-plain'), app: fixtureApp })
})
afterAll(() => fixture.close())

// This test has to be the first one: no process has started yet.
test('few processes serve a burst of short calls: they start a few at a time, and serve several calls each', async () => {
  const calls = Array.from({ length: 40 }, () => invoke(fixture.aws, { trick: 'pid' }))
  const pids = (await Promise.all(calls)).map(({ payload }) => payload)
  expect(new Set(pids).size).toBeLessThanOrEqual(10)
})

test('an error has its name, its message and its stack, with lines of the original source', async () => {
  const { payload, functionError } = await invoke(fixture.aws, { trick: 'fail' })
  expect(functionError).toBe('Unhandled')
  expect(payload).toMatchObject({ errorType: 'QuotaExceeded', errorMessage: 'no more' })
  expect(payload).toHaveProperty('trace.0', 'QuotaExceeded: no more')
  expect(JSON.stringify(payload)).toContain('index.mjs:')
})

test('unpatched MiniStack loses the name of an error', async () => {
  expect(await invoke(both.plain, { trick: 'fail' })).toMatchObject({ payload: { errorType: 'Runtime.HandlerError' } })
})

test('a state machine retries and catches by the name of the error', async () => {
  const { endpoint } = fixture.aws
  const sfn = new SFNClient({ endpoint, region: account.region, credentials: rootCredentials })
  const call = (payload: object) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'tricks', Payload: payload },
    Output: '{% $states.result.Payload %}',
    Retry: [{ ErrorEquals: ['QuotaExceeded'], IntervalSeconds: 1, MaxAttempts: 2, JitterStrategy: 'FULL' }],
  })
  const caught = { ErrorEquals: ['QuotaExceeded'], Output: '{% $states.errorOutput %}', Next: 'Caught' }
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: 'retries',
      roleArn: fixture.deployment.outputs.MachineRoleArn,
      definition: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Twice',
        States: {
          Twice: {
            ...call({ trick: 'fail twice', key: 'retries' }),
            Assign: { attempts: '{% $states.result.Payload %}' },
            Next: 'Fail',
          },
          Fail: { ...call({ trick: 'fail' }), Catch: [caught], End: true },
          Caught: {
            Type: 'Pass',
            Output: {
              attempts: '{% $attempts %}',
              error: '{% $states.input.Error %}',
              cause: '{% $parse($states.input.Cause).errorMessage %}',
            },
            End: true,
          },
        },
      }),
    }),
  )
  await fixture.aws.setWaitScale(0.05)
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }))
  const outputOf = async () => {
    const { output } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
    return JSON.parse(output ?? 'null')
  }
  await expect.poll(outputOf, { timeout: 10_000 }).toEqual({ attempts: 3, error: 'QuotaExceeded', cause: 'no more' })
})

test('a state machine invokes only what its role allows', async () => {
  const failure = async (server: { endpoint: string }) => {
    const sfn = new SFNClient({ endpoint: server.endpoint, region: account.region, credentials: rootCredentials })
    const Resource = 'arn:aws:states:::lambda:invoke'
    const Call = {
      Type: 'Task',
      Resource,
      Arguments: { FunctionName: 'tricks', Payload: { trick: 'echo' } },
      End: true,
    }
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({
        name: 'powerless',
        roleArn: `arn:aws:iam::${account.id}:role/team/bounded`,
        definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Call', States: { Call } }),
      }),
    )
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn }))
    for (;;) {
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }))
      if (execution.status !== 'RUNNING') return `${execution.error}: ${execution.cause}`
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  expect(await failure(fixture.aws)).toBe(
    'Lambda.AWSLambdaException: User: arn:aws:sts::000000000000:assumed-role/bounded/states is not authorized to ' +
      'perform: lambda:InvokeFunction on resource: arn:aws:lambda:eu-west-1:000000000000:function:tricks because no ' +
      'identity-based policy allows the lambda:InvokeFunction action',
  )
  expect(await failure(both.plain)).toBe('undefined: undefined')
})

test('functions run on the Node of this project, with only their own variables and those for the network', async () => {
  const { payload } = await invoke(fixture.aws, { trick: 'runtime' })
  const { version } = JSON.parse(readFileSync('node_modules/node/package.json', 'utf8')) as { version: string }
  expect(payload).toMatchObject({
    version: `v${version}`,
    environment: {
      COLOUR: 'green',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      AWS_ENDPOINT_URL: fixture.aws.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'tricks',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    },
  })
  expect(payload).not.toHaveProperty('environment.STATE_DIR')
})

test('a process serves later calls', async () => {
  const pids = new Set<unknown>()
  for (let call = 0; call < 15; call += 1) pids.add((await invoke(fixture.aws, { trick: 'pid' })).payload)
  expect([...pids]).toEqual([expect.any(Number)])
})

test('a call whose process ends or is killed fails with Runtime.ExitError, and the next call gets a new process', async () => {
  expect(await invoke(fixture.aws, { trick: 'exit' })).toMatchObject({
    payload: {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: exit status 3$/),
    },
  })
  const hanging = invoke(fixture.aws, { trick: 'hang' })
  while ((await fixture.aws.killFunction('tricks')) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await hanging).toMatchObject({
    payload: {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/Runtime exited with error: signal: killed$/),
    },
  })
  expect(await invoke(fixture.aws, { trick: 'echo' })).toMatchObject({ functionError: undefined })
})

test('killFunction also accepts the step that a process runs, because a function may have several steps', async () => {
  const hanging = invoke(fixture.aws, { trick: 'hang', state: 'CheckCluster' })
  expect(await fixture.aws.killFunction('CheckWebhook')).toBe(0)
  while ((await fixture.aws.killFunction('CheckCluster')) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await hanging).toMatchObject({ payload: { errorType: 'Runtime.ExitError' } })
})

test("a call that exceeds the function's timeout fails with Sandbox.Timedout", async () => {
  expect(await invoke(fixture.aws, { trick: 'hang' })).toMatchObject({
    payload: {
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Error: Task timed out after 3\.00 seconds$/),
    },
  })
})

test('each of several simultaneous calls has its own process', async () => {
  // Each call lasts until the last one has started.
  const calls = Array.from({ length: 4 }, () => invoke(fixture.aws, { trick: 'pid', milliseconds: 2000 }))
  const pids = (await Promise.all(calls)).map(({ payload }) => payload)
  expect(pids).toEqual(Array.from({ length: 4 }, () => expect.any(Number)))
  expect(new Set(pids).size).toBe(4)
})

test('calls above the maximum number of processes wait', async () => {
  const calls = Array.from({ length: 50 }, () => invoke(fixture.aws, { trick: 'pid', milliseconds: 1000 }))
  const pids = (await Promise.all(calls)).map(({ payload }) => payload)
  expect(pids).toEqual(Array.from({ length: 50 }, () => expect.any(Number)))
  expect(new Set(pids).size).toBeLessThanOrEqual(20)
})

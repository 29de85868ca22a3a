import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { LambdaClient, PublishVersionCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import {
  DescribeStateMachineCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn'
import { beforeAll, expect, test, vi } from 'vitest'
import { publishedOf, stateMachinesOf } from '../../../infra/versions/deployment.ts'
import { account } from '../../../sandbox/account.ts'
import { query } from '../../sandbox/aws/support/query.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'

const aws = awsAccount()
const stack = 'Deployment'
const functionName = `${stack}-CreateRole`
const functionArn = `arn:aws:lambda:${account.region}:${account.id}:function:${functionName}`
const role = `arn:aws:iam::${account.id}:role/any`

/** A state machine of a setup that waits for an hour, and then calls this version of the function. */
function definitionWith(version: string): string {
  const call = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `${functionArn}:${version}` },
    End: true,
  }
  const states = { Wait: { Type: 'Wait', Seconds: 3600, Next: 'CreateRole' }, CreateRole: call }
  return JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Wait', States: states })
}

beforeAll(async () => {
  const Code = { ZipFile: 'exports.handler = async () => ({})' }
  const Resources = {
    CreateRole: {
      Type: 'AWS::Lambda::Function',
      Properties: { FunctionName: functionName, Runtime: 'nodejs24.x', Handler: 'index.handler', Role: role, Code },
    },
    Setup: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { StateMachineName: `${stack}-setup`, RoleArn: role, DefinitionString: definitionWith('1') },
    },
  }
  const Outputs = { SetupStateMachineArn: { Value: { Ref: 'Setup' } } }
  await cloudFormation('CreateStack', { StackName: stack, TemplateBody: JSON.stringify({ Resources, Outputs }) })
  const other = { Nothing: { Type: 'AWS::SNS::Topic' } }
  await cloudFormation('CreateStack', { StackName: 'Other', TemplateBody: JSON.stringify({ Resources: other }) })
  await vi.waitFor(async () => expect(await stateMachinesOf(stack)).toHaveLength(1), { timeout: 30_000 })
})

function cloudFormation(Action: string, parameters: Record<string, string>): Promise<string> {
  return query(aws, 'cloudformation', { Action, Version: '2010-05-15', ...parameters })
}

/** Publishes a version of the function that new executions call. Returns its number. */
async function release(description: string): Promise<string> {
  const lambda = new LambdaClient()
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: functionName, Description: description }))
  const { Version = '' } = await lambda.send(new PublishVersionCommand({ FunctionName: functionName }))
  const [stateMachineArn = ''] = await stateMachinesOf(stack)
  const definition = definitionWith(Version)
  await new SFNClient().send(new UpdateStateMachineCommand({ stateMachineArn, definition }))
  return Version
}

/** The lines that the command prints. */
async function versions(...args: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['infra/versions/main.ts', ...args])
  return stdout.trimEnd().split('\n')
}

test('the command lists versions that no state machine and no running execution calls, and deletes them with --delete', async () => {
  const client = new SFNClient()
  const [stateMachineArn = ''] = await stateMachinesOf(stack)
  const old = await release('old')
  const running = await release('running')
  const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }))
  const now = await release('now')

  expect(await versions('--stack', stack)).toEqual([`${functionArn}:${old}`, 'Unused: 1. Add --delete to delete them'])
  expect((await publishedOf(functionArn)).map(({ version }) => version)).toEqual([old, running, now])
  expect(await versions('--stack', stack, '--delete')).toEqual([`${functionArn}:${old}: deleted`, 'Deleted: 1'])
  expect((await publishedOf(functionArn)).map(({ version }) => version)).toEqual([running, now])

  await client.send(new StopExecutionCommand({ executionArn }))
  expect(await versions('--stack', stack, '--delete')).toContain(`${functionArn}:${running}: deleted`)
  expect(await versions('--stack', stack)).toEqual([`Each version of ${stack} is in use`])
  const { definition } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }))
  expect(definition).toContain(`${functionArn}:${now}`)
})

test('the command does not delete a version that a deployment publishes while the command runs', async () => {
  const before = await release('before')
  await aws.calls.clear()
  // The command lists the executions after it has read the definition.
  await aws.faults.add({ kind: 'delay', operation: 'states:ListExecutions', times: 1, delayMs: 5000 })
  const deleting = versions('--stack', stack, '--delete')
  await vi.waitFor(
    async () =>
      expect((await aws.calls.all()).map(({ operation }) => operation)).toContain('states:DescribeStateMachine'),
    { timeout: 10_000 },
  )
  const meanwhile = await release('meanwhile')
  expect(await deleting).toContain(`${functionArn}:${before}: deleted`)
  expect((await publishedOf(functionArn)).map(({ version }) => version)).toEqual([meanwhile])
})

test('a stack of another product is refused', async () => {
  await expect(versions('--stack', 'Other')).rejects.toMatchObject({
    stderr: 'The stack Other has no state machines: name the stack of a deployment\n',
  })
  await expect(versions()).rejects.toMatchObject({
    stderr: expect.stringMatching(/^Give --stack\n\nLists the versions/),
  })
})

import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn'
import { account, rootCredentials } from '../../../../sandbox/account.ts'

export type Server = { readonly endpoint: string }

const roleName = 'any'
let count = 0

export const clientOf = ({ endpoint }: Server) =>
  new SFNClient({ endpoint, region: account.region, credentials: rootCredentials, maxAttempts: 1 })

/** Creates the role of all machines of {@link create}. */
export async function createMachineRole({ endpoint }: Server): Promise<void> {
  const Statement = { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  const iam = new IAMClient({ endpoint, region: account.region, credentials: rootCredentials })
  await iam.send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument }))
}

export async function allowMachineStart({ endpoint }: Server, stateMachineArn: string): Promise<void> {
  const Statement = { Effect: 'Allow', Action: 'states:StartExecution', Resource: stateMachineArn }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  const iam = new IAMClient({ endpoint, region: account.region, credentials: rootCredentials })
  await iam.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: 'start', PolicyDocument }))
}

/** Creates a machine in JSONata, and returns its ARN. */
export async function create(server: Server, machine: object): Promise<string> {
  count += 1
  const { stateMachineArn } = await clientOf(server).send(
    new CreateStateMachineCommand({
      name: `machine-${count}`,
      roleArn: `arn:aws:iam::${account.id}:role/${roleName}`,
      definition: JSON.stringify({ QueryLanguage: 'JSONata', ...machine }),
    }),
  )
  return stateMachineArn ?? ''
}

export async function start(server: Server, machine: object, input: unknown = {}): Promise<string> {
  const stateMachineArn = await create(server, machine)
  const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) })
  const { executionArn } = await clientOf(server).send(command)
  return executionArn ?? ''
}

export async function ended(server: Server, executionArn: string): Promise<DescribeExecutionOutput> {
  for (;;) {
    const execution = await clientOf(server).send(new DescribeExecutionCommand({ executionArn }))
    if (execution.status !== 'RUNNING') return execution
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export async function run(server: Server, machine: object, input?: unknown): Promise<DescribeExecutionOutput> {
  return ended(server, await start(server, machine, input))
}

/** The output of the machine, or its status and cause. */
export async function outputOf(server: Server, machine: object, input?: unknown): Promise<unknown> {
  const { status, output, cause } = await run(server, machine, input)
  return status === 'SUCCEEDED' ? JSON.parse(output ?? 'null') : `${status}: ${cause}`
}

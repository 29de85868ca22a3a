/** Lists the function versions of a deployment, and those that its state machines call. Deletes versions. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { DeleteFunctionCommand, LambdaClient, paginateListVersionsByFunction } from '@aws-sdk/client-lambda'
import {
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionStatus,
  paginateListExecutions,
  SFNClient,
} from '@aws-sdk/client-sfn'
import { stateMachinesIn } from './state-machines.ts'
import { type FunctionVersion, versionsIn } from './version-arns.ts'

const cloudFormation = new CloudFormationClient()
const lambda = new LambdaClient()
const stepFunctions = new SFNClient()

/**
 * The ARNs of the state machines of a deployment.
 *
 * @param stack its name
 * @throws {Error} when the stack does not exist, is not a deployment, or is being deployed
 */
export async function stateMachinesOf(stack: string): Promise<string[]> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }))
  return Stacks.flatMap(stateMachinesIn)
}

/** The versions that the state machine calls in running and new executions. */
export async function calledBy(stateMachineArn: string): Promise<FunctionVersion[]> {
  const { definition = '' } = await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }))
  const called = versionsIn(definition)
  const running = { stateMachineArn, statusFilter: ExecutionStatus.RUNNING }
  for await (const { executions = [] } of paginateListExecutions({ client: stepFunctions }, running)) {
    for (const { executionArn } of executions) {
      const command = new DescribeStateMachineForExecutionCommand({ executionArn })
      called.push(...versionsIn((await stepFunctions.send(command)).definition ?? ''))
    }
  }
  return called
}

/** The published versions of the function, without $LATEST. */
export async function publishedOf(functionArn: string): Promise<FunctionVersion[]> {
  const published: FunctionVersion[] = []
  for await (const { Versions = [] } of paginateListVersionsByFunction(
    { client: lambda },
    { FunctionName: functionArn },
  )) {
    for (const { Version: version } of Versions) {
      if (version !== undefined && version !== '$LATEST') published.push({ functionArn, version })
    }
  }
  return published
}

export async function deleteVersion({ functionArn, version }: FunctionVersion): Promise<void> {
  await lambda.send(new DeleteFunctionCommand({ FunctionName: functionArn, Qualifier: version }))
}

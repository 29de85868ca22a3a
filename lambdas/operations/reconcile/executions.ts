import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ExecutionStatus,
  StopExecutionCommand,
  ValidationException,
} from '@aws-sdk/client-sfn'
import * as z from 'zod/mini'
import { stepFunctions } from '../../clouds/aws/clients/step-functions.ts'
import { errorOf } from '../../clouds/aws/errors.ts'
import { setting } from '../../settings.ts'
import type { OperationKind } from '../record/kinds.ts'
import type { OperationItem } from '../record/record.ts'
import type { EndedExecution } from './operation-end.ts'

export type Executed = Pick<OperationItem, 'operationId' | 'kind'>

/**
 * Returns the state of an operation's execution. It is `absent` when the execution was never started, or when Step
 * Functions has deleted its history, 90 days after its end.
 *
 * @throws {StepError} when the call fails for any other reason
 */
export async function readExecution(executed: Executed): Promise<'absent' | 'running' | EndedExecution> {
  const executionArn = executionArnOf(executed)
  try {
    const { status, error, cause } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }))
    return status === undefined || !isEnded(status) ? 'running' : { status, error, cause }
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'absent'
    throw errorOf(error, { action: 'states:DescribeExecution', resource: executionArn })
  }
}

/**
 * Stops the execution of an operation. Returns false when no execution exists, or when the execution has ended.
 *
 * @throws {StepError} when the call fails for any other reason
 */
export async function stopExecution(executed: Executed, by: string): Promise<boolean> {
  const executionArn = executionArnOf(executed)
  try {
    await stepFunctions.send(new StopExecutionCommand({ executionArn, error: 'Cancelled', cause: by }))
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false
    // StopExecution throws this for an ended execution, but also for other reasons.
    if (error instanceof ValidationException && (await readExecution(executed)) !== 'running') return false
    throw errorOf(error, { action: 'states:StopExecution', resource: executionArn })
  }
  return !(await hasEndedOtherwise(executed))
}

/**
 * Whether the execution had ended before it was stopped. AWS does not document what StopExecution then returns:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
 */
async function hasEndedOtherwise(executed: Executed): Promise<boolean> {
  const state = await readExecution(executed)
  return typeof state === 'object' && state.status !== ExecutionStatus.ABORTED
}

function isEnded(status: ExecutionStatus): status is EndedExecution['status'] {
  // A redriven execution is pending before it runs again.
  return status !== ExecutionStatus.RUNNING && status !== ExecutionStatus.PENDING_REDRIVE
}

function executionArnOf({ operationId, kind }: Executed): string {
  return `${stateMachineArnOf(kind).replace(':stateMachine:', ':execution:')}:${operationId}`
}

const stateMachineArns = z.record(z.string(), z.string())

export function stateMachineArnOf(kind: OperationKind): string {
  const arn = stateMachineArns.parse(JSON.parse(setting('STATE_MACHINE_ARNS')))[kind]
  if (arn !== undefined) return arn
  throw new Error(
    `The environment variable STATE_MACHINE_ARNS has no ${kind}: add it to the function in infra/functions/functions.ts`,
  )
}

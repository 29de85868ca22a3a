import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn'
import * as z from 'zod/mini'
import { stepFunctions } from '../../clouds/aws/clients/step-functions.ts'
import { errorOf } from '../../clouds/aws/errors.ts'
import { log } from '../../log.ts'
import { workloadFields } from '../../spec/setup-request.ts'
import { type Executed, stateMachineArnOf } from '../reconcile/executions.ts'
import { recordRunning } from '../record/operations.ts'
import type { OperationItem } from '../record/record.ts'
import { addWorkloadsToList } from '../record/workload-record.ts'
import type { NewOperation } from './record-operation.ts'

const listedSetup = z.object({ cluster: z.object({ name: z.string() }), workloads: z.array(z.object(workloadFields)) })

/**
 * Starts the workflow of a recorded operation. Returns the operation after the start. A second call does nothing.
 *
 * @throws {StepError} when a call fails
 */
export async function startRecorded({
  operation,
  request,
}: Pick<NewOperation, 'operation' | 'request'>): Promise<OperationItem> {
  // This write precedes the workflow, which creates objects of the workloads. After a crash, the next start repeats it.
  if (operation.kind === 'setup') await addWorkloadsToList(listedSetup.parse(request))
  await startExecution(operation, request)
  // The `traceId` of this log line is also in the audit log of the request, and in the log of the execution.
  const { operationId, kind, cluster } = operation
  log('info', 'operation started', { operationId, kind, cluster })
  const startedAt = new Date()
  await recordRunning(operationId, startedAt)
  return { ...operation, status: 'running' as const, startedAt: startedAt.toISOString() }
}

/**
 * Starts the workflow of an operation. A second call does nothing, because the execution's name is the operation's ID.
 *
 * @throws {StepError} when the call fails for any other reason
 */
export async function startExecution({ operationId, kind }: Executed, request: unknown): Promise<void> {
  const stateMachineArn = stateMachineArnOf(kind)
  const command = new StartExecutionCommand({
    stateMachineArn,
    name: operationId,
    input: JSON.stringify({ operationId, request }),
  })
  try {
    await stepFunctions.send(command)
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return
    throw errorOf(error, { action: 'states:StartExecution', resource: stateMachineArn })
  }
}

import { endOperation, type RecordedOperation, readOperation } from '../record/operations.ts'
import { hasEnded, type OperationEnd } from '../record/record.ts'
import { readExecution } from './executions.ts'
import { endOf, endWithoutExecution } from './operation-end.ts'

/**
 * Reconciles the record of an operation with its execution. If the execution has ended or no longer exists, ends the
 * operation and releases its cluster's lock. A recorded end takes precedence. Returns the operation, or undefined when
 * it is not recorded.
 *
 * @throws {StepError} when a call fails
 */
export async function reconcileOperation(operationId: string): Promise<RecordedOperation | undefined> {
  const recorded = await readOperation(operationId)
  const end = recorded && (await endOfExecution(recorded))
  if (!end) return recorded
  await endOperation(recorded.operation, end)
  return readOperation(operationId)
}

/** Returns the end of the execution if it is not recorded, or undefined when the operation is in progress or waits. */
async function endOfExecution(recorded: RecordedOperation): Promise<OperationEnd | undefined> {
  const { operation, steps } = recorded
  if (hasEnded(operation.status) || operation.waits) return undefined
  const execution = await readExecution(operation)
  if (execution === 'running') return undefined
  if (execution === 'absent') return endWithoutExecution(recorded, new Date())
  return endOf(execution, operation.cluster, steps)
}

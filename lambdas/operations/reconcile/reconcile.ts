import { endOperation, type RecordedOperation, readOperation } from '../record/operations.ts'
import { hasEnded, type OperationEnd } from '../record/record.ts'
import { readExecution } from './executions.ts'
import { endOf, endWithoutExecution } from './operation-end.ts'

/**
 * Brings the record of an operation in line with its execution. When the execution has ended without recording that
 * itself, or is gone, ends the operation and releases its cluster's lock. What the workflow has recorded stays. Gives
 * back the operation; undefined when it is not recorded.
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

/** How the operation has ended, if only its execution says so; undefined when it is under way, or recorded as ended. */
async function endOfExecution(recorded: RecordedOperation): Promise<OperationEnd | undefined> {
  const { operation, steps } = recorded
  if (hasEnded(operation.status) || operation.waits) return undefined
  const execution = await readExecution(operation)
  if (execution === 'running') return undefined
  if (execution === 'absent') return endWithoutExecution(recorded, new Date())
  return endOf(execution, operation.cluster, steps)
}

import { readExecution } from './executions.ts'
import { endOf } from './operation-end.ts'
import { endOperation, readOperation } from './operations.ts'

/**
 * Brings the record of an operation in line with its execution. When the execution has ended without recording that
 * itself, ends the operation and releases its cluster's lock. Gives back the state of the execution; `absent` when it
 * was never started, or when the operation is not recorded.
 */
export async function reconcileOperation(operationId: string): Promise<'absent' | 'running' | 'ended'> {
  const recorded = await readOperation(operationId)
  if (!recorded) return 'absent'
  const { operation } = recorded
  const execution = await readExecution(operation)
  if (typeof execution === 'string') return execution
  await endOperation(operation, endOf(execution, operation.cluster, recorded.steps))
  return 'ended'
}

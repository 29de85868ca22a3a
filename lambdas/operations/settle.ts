import { readExecution } from './executions.ts'
import { endOf } from './operation-end.ts'
import { endOperation, readOperation } from './operations.ts'

/**
 * Brings the record of an operation in line with its execution: when the execution has ended without having recorded so
 * itself, the operation is ended and its cluster's lock released. Gives back how the execution stands; `absent` when it
 * was never started.
 */
export async function settleOperation(operationId: string): Promise<'absent' | 'running' | 'ended'> {
  const recorded = await readOperation(operationId)
  if (!recorded) return 'absent'
  const { operation } = recorded
  const execution = await readExecution(operation)
  if (typeof execution === 'string') return execution
  await endOperation(operation, endOf(execution, operation.cluster, recorded.steps))
  return 'ended'
}

import type { OperationItem } from '../../../lambdas/operations/record/record.ts'
import { newOperation, recordNext } from './operations.ts'

/** Records a new operation as its start does, with some of its fields set otherwise. */
export async function recordedOperation(
  fields: Partial<OperationItem> = {},
): Promise<OperationItem & { cluster: string }> {
  const made = newOperation(fields)
  await record(made)
  return made.operation
}

/** Records a rotation. */
export async function recordedRotation(): Promise<OperationItem> {
  const { cluster: _, ...rotation } = newOperation({ kind: 'rotation' }).operation
  await record({ operation: rotation, request: { dryRun: false } })
  return rotation
}

async function record(made: Parameters<typeof recordNext>[0]): Promise<void> {
  const outcome = await recordNext(made)
  if (outcome !== 'recorded') throw new Error(`${made.operation.operationId} is not recorded: ${outcome}`)
}

import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { OperationStatus } from '../../../lambdas/operations/record/record.ts'
import { lockItem, outputOf, putRecord, rootOf } from '../../e2e/support/aws-clients.ts'
import { leaveOperation } from '../../e2e/support/runs/lost-operation.ts'
import type { System } from '../../e2e/support/system.ts'

/** Deletes the lock of a cluster, of any operation. */
export function deleteLock(system: System, cluster: string): Promise<void> {
  return deleteItem(system, { pk: `CLUSTER#${cluster}`, sk: 'LOCK' })
}

export function deleteRotationLock(system: System): Promise<void> {
  return deleteItem(system, rotationKey)
}

/** Records a rotation with a lost execution as the owner of the lock of rotations. The next rotation ends it, and acquires the lock. */
export async function leaveRotationLock(system: System): Promise<() => Promise<void>> {
  const operationId = await leaveOperation(system, { kind: 'rotation' })
  await putRecord(system, { ...rotationKey, operationId, acquiredAt: new Date().toISOString() })
  return () => deleteRotationLock(system)
}

/**
 * Records a running operation as the owner of a cluster's lock since a minute ago, as after a crash before its end was recorded.
 * Returns a function that restores both.
 */
export async function leaveLock(system: System, cluster: string, operationId: string): Promise<() => Promise<void>> {
  await putRecord(system, lockItem(cluster, operationId, new Date(Date.now() - 60_000).toISOString()))
  await setStatus(system, operationId, 'running')
  return async () => {
    await deleteLock(system, cluster)
    await setStatus(system, operationId, 'succeeded')
  }
}

async function setStatus(system: System, operationId: string, status: OperationStatus): Promise<void> {
  const command = new UpdateCommand({
    TableName: outputOf(system, 'TableName'),
    Key: { pk: `OPERATION#${operationId}`, sk: 'OPERATION' },
    UpdateExpression: 'SET #status = :status',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':status': status },
  })
  await rootOf(system).record.send(command)
}

const rotationKey = { pk: 'ROTATION', sk: 'LOCK' }

async function deleteItem(system: System, Key: { pk: string; sk: string }): Promise<void> {
  await rootOf(system).record.send(new DeleteCommand({ TableName: outputOf(system, 'TableName'), Key }))
}

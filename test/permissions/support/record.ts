import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { OperationStatus } from '../../../lambdas/operations/record/record.ts'
import { lockItem, outputOf, putRecord, rootOf } from '../../e2e/support/aws-clients.ts'
import { leaveOperation } from '../../e2e/support/runs/lost-operation.ts'
import type { System } from '../../e2e/support/system.ts'

/** Takes the lock of a cluster away, whoever holds it. */
export function deleteLock(system: System, cluster: string): Promise<void> {
  return deleteItem(system, { pk: `CLUSTER#${cluster}`, sk: 'LOCK' })
}

/** Takes the lock of rotations away. */
export function deleteRotationLock(system: System): Promise<void> {
  return deleteItem(system, rotationKey)
}

/** Leaves the lock of rotations with one whose execution is gone: the next rotation ends it, and takes the lock over. */
export async function leaveRotationLock(system: System): Promise<() => Promise<void>> {
  const operationId = await leaveOperation(system, { kind: 'rotation' })
  await putRecord(system, { ...rotationKey, operationId, acquiredAt: new Date().toISOString() })
  return () => deleteRotationLock(system)
}

/**
 * Leaves the lock of a cluster with an operation that took it a minute ago, as a crash may that has kept its end from being
 * recorded. Gives back what puts both right again.
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

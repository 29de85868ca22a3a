import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { v7 as uuidv7 } from 'uuid'
import type { OperationKind } from '../../../../lambdas/operations/record/kinds.ts'
import { lockItem, outputOf, rootOf } from '../aws-clients.ts'
import type { System } from '../system.ts'

interface LostOperation {
  readonly kind: OperationKind
  readonly cluster?: string
  /** ISO 8601. By default long ago. */
  readonly createdAt?: string
  /** By default the execution is lost, as after a restart of Step Functions. */
  readonly as?: 'never started' | 'waiting'
}

/** Records an operation, with the lock of its cluster unless it waits, and returns its ID. */
export async function leaveOperation(
  system: System,
  { kind, cluster, createdAt = '2026-01-01T00:00:00.000Z', as }: LostOperation,
): Promise<string> {
  const TableName = outputOf(system, 'TableName')
  const operationId = uuidv7()
  const pk = `OPERATION#${operationId}`
  const state =
    as === undefined
      ? { status: 'running', startedAt: createdAt }
      : { status: 'queued', ...(as === 'waiting' && { waits: true }) }
  const operation = { operationId, kind, requestedBy: 'nobody', createdAt, ...state }
  // The fields that the API needs to show an operation of any kind.
  const request = {
    ...{ cluster: { name: cluster ?? 'lost' }, workloads: [], force: false, deleteCluster: false },
    // A started rotation would lock the clusters of the other tests.
    ...(kind === 'rotation' && { dryRun: true }),
  }
  const items = [
    { pk, sk: 'OPERATION', ...operation, ...(cluster && { cluster }), listed: 'OPERATIONS', listedKey: operationId },
    { pk, sk: 'REQUEST', request },
    { pk: 'OPEN', sk: operationId },
    ...(cluster && as === 'waiting' ? [{ pk: `CLUSTER#${cluster}`, sk: `WAITING#${operationId}`, operationId }] : []),
    ...(cluster && as !== 'waiting' ? [lockItem(cluster, operationId, createdAt)] : []),
  ]
  const writes = items.map((Item) => ({ Put: { TableName, Item } }))
  await rootOf(system).record.send(new TransactWriteCommand({ TransactItems: writes }))
  return operationId
}

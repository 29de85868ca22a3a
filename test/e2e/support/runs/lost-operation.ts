import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { v7 as uuidv7 } from 'uuid'
import type { OperationKind } from '../../../../lambdas/operations/record/kinds.ts'
import { lockItem, outputOf, rootOf } from '../aws-clients.ts'
import type { System } from '../system.ts'

interface LostOperation {
  readonly kind: OperationKind
  readonly cluster?: string
  /** ISO 8601. Left out: long ago. */
  readonly createdAt?: string
  /** Left out: its execution is gone, as a restart of Step Functions leaves it. */
  readonly as?: 'never started' | 'waiting'
}

/** Records an operation of long ago, with the lock of its cluster, if it has one and does not wait. Gives back its id. */
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
  // What every kind of operation needs of its request to be shown.
  const request = {
    ...{ cluster: { name: cluster ?? 'lost' }, workloads: [], force: false, deleteCluster: false },
    // One that is started would hold the clusters of the other tests.
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

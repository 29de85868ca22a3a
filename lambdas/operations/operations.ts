import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { errorOf } from '../clouds/aws/errors.ts'
import { allDone } from '../errors/attempts.ts'
import { ConcurrentChange } from '../errors/step-errors.ts'
import { setting } from '../settings.ts'
import { releaseWhenIdle } from './lock.ts'
import {
  type IdempotencyItem,
  idempotencyItem,
  type OperationEnd,
  type OperationItem,
  operationItem,
  type StepItem,
  stepItem,
} from './record.ts'
import {
  conditionally,
  getItem,
  type ItemKey,
  keptPrefix,
  keys,
  queryItems,
  table,
  tableCall,
  type Write,
} from './table.ts'

/** The claim of an idempotency key; undefined when there is none, or when it has expired. */
export async function readIdempotency(keyHash: string): Promise<IdempotencyItem | undefined> {
  const item = await getItem(keys.idempotency(keyHash))
  return item === undefined ? undefined : idempotencyItem.parse(item)
}

/** The operation without its request and its steps; undefined when no operation has this id. */
export async function readOperationItem(operationId: string): Promise<OperationItem | undefined> {
  const item = await getItem(keys.operation(operationId))
  return item === undefined ? undefined : operationItem.parse(item)
}

export interface RecordedOperation {
  readonly operation: OperationItem
  readonly request: Readonly<Record<string, unknown>>
  /** In the order in which they started. */
  readonly steps: readonly StepItem[]
}

/** An operation with its request and all its steps, from one query; undefined when no operation has this id. */
export async function readOperation(operationId: string): Promise<RecordedOperation | undefined> {
  const items = await queryItems({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': keys.operation(operationId).pk },
    ConsistentRead: true,
  })
  const operation = items.find(({ sk }) => sk === 'OPERATION')
  if (!operation) return undefined
  return {
    operation: operationItem.parse(operation),
    request: storedRequest.parse(items.find(({ sk }) => sk === 'REQUEST')?.request),
    steps: items.flatMap(stepOf).sort((a, b) => a.startedAt.localeCompare(b.startedAt)),
  }
}

const storedRequest = z.record(z.string(), z.unknown())

function stepOf(item: Record<string, unknown>): StepItem[] {
  const [prefix, state, workload] = String(item.sk).split('#')
  if (prefix !== 'STEP') return []
  return [stepItem.parse({ ...item, state, ...(workload !== undefined && { item: workload }) })]
}

/**
 * Records that the execution of a queued operation was started. Does nothing when the operation is no longer queued.
 */
export async function recordRunning(operationId: string, at: Date): Promise<void> {
  await updateOperation(operationId, {
    UpdateExpression: 'SET #status = :running, statusOfOperation = :running, startedAt = :at',
    ConditionExpression: '#status = :queued',
    ExpressionAttributeValues: { ':running': 'running', ':queued': 'queued', ':at': at.toISOString() },
  })
}

/**
 * Records the end of an operation, unless its end is already recorded, and releases the lock of `cluster` if the
 * operation holds it and no step of the operation can be running. Gives back whether this call ended the operation.
 *
 * The lock is released last. A crash before that leaves a stale lock, which the next POST releases.
 *
 * @param cluster left out by an operation that holds no lock
 */
export async function endOperation(
  { operationId, cluster }: Pick<OperationItem, 'operationId' | 'cluster'>,
  end: OperationEnd,
): Promise<boolean> {
  const ended = await updateOperation(operationId, endUpdate(end))
  if (cluster !== undefined) await releaseWhenIdle(cluster, operationId)
  return ended
}

function endUpdate(end: OperationEnd) {
  const endedAt = new Date().toISOString()
  const fields = { ...end, statusOfOperation: end.status, endedAt, notifyAt: endedAt }
  const written = Object.entries(fields).filter(([, value]) => value !== undefined)
  return {
    UpdateExpression: `SET ${written.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    ConditionExpression: '#status IN (:queued, :running)',
    ExpressionAttributeNames: Object.fromEntries(written.map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(written.map(([name, value]) => [`:${name}`, value])),
      ':queued': 'queued',
      ':running': 'running',
    },
  }
}

/**
 * Ends an operation that holds its cluster's lock, releases the lock, and writes what the operation has come to, in one
 * transaction: all or nothing. So nothing is written once another operation holds the lock. Gives back false, and writes
 * nothing, when the operation does not hold the lock or has already ended.
 *
 * @throws {StepError} when the call fails for any other reason
 */
export async function endHolding(
  { operationId, cluster }: { readonly operationId: string; readonly cluster: string },
  end: OperationEnd,
  writes: readonly Write[],
): Promise<boolean> {
  const TableName = setting('TABLE_NAME')
  const Update = { TableName, Key: keys.operation(operationId), ...endUpdate(end) }
  const Delete = { TableName, Key: keys.lock(cluster), ...heldBy(operationId) }
  return whileHeld([{ Update }, { Delete }, ...writes])
}

/**
 * Deletes items of a cluster in transactions of DynamoDB's 100 items, each only while the operation holds the cluster's
 * lock. Gives back false when it does not.
 *
 * @throws {StepError} when a call fails for any other reason
 */
export async function deleteHolding(
  { operationId, cluster }: { readonly operationId: string; readonly cluster: string },
  items: readonly ItemKey[],
): Promise<boolean> {
  const TableName = setting('TABLE_NAME')
  const ConditionCheck = { TableName, Key: keys.lock(cluster), ...heldBy(operationId) }
  for (let at = 0; at < items.length; at += 99) {
    const deletes = items.slice(at, at + 99).map((Key) => ({ Delete: { TableName, Key } }))
    if (!(await whileHeld([{ ConditionCheck }, ...deletes]))) return false
  }
  return true
}

function heldBy(operationId: string) {
  return { ConditionExpression: 'operationId = :id', ExpressionAttributeValues: { ':id': operationId } }
}

async function whileHeld(writes: Write[]): Promise<boolean> {
  try {
    await table.send(new TransactWriteCommand({ TransactItems: writes }))
    return true
  } catch (error) {
    const codes =
      error instanceof TransactionCanceledException ? error.CancellationReasons?.map(({ Code }) => Code) : []
    if (codes?.includes('ConditionalCheckFailed')) return false
    if (codes?.includes('TransactionConflict')) throw writtenMeanwhile()
    throw errorOf(error, tableCall('TransactWriteItems'))
  }
}

function writtenMeanwhile(): ConcurrentChange {
  return new ConcurrentChange({
    object: tableCall('TransactWriteItems').resource,
    reason: 'somebody else wrote the same items at the same moment',
    action: 'Nothing to do if it passes: the step writes again',
  })
}

/**
 * Ends an operation that has removed its whole cluster. One transaction ends the operation and deletes the cluster's
 * record and lock: all or nothing. Its claims and all other items of the cluster are deleted before. Gives back false, and
 * does not end the operation, when it does not hold the lock or has already ended.
 *
 * @param claims the keys of the claims of the cluster
 * @throws {StepError} when a call fails for any other reason
 */
export async function endAndForget(operationId: string, cluster: string, claims: readonly ItemKey[]): Promise<boolean> {
  const ref = { operationId, cluster }
  const Delete = { TableName: setting('TABLE_NAME'), Key: keys.cluster(cluster) }
  const forgotten = await deleteHolding(ref, [...claims, ...(await partsOf(cluster))])
  return forgotten && endHolding(ref, { status: 'succeeded' }, [{ Delete }])
}

/**
 * The keys of all items of a cluster except its record, its lock, and marks of its changes: their expiry is not set yet. Its
 * generations come first, so that a new cluster of the name finds none.
 */
async function partsOf(cluster: string): Promise<ItemKey[]> {
  const [generations, items] = await allDone([
    keysBelow(keys.generation(cluster, 0).pk),
    keysBelow(keys.cluster(cluster).pk),
  ])
  return [...generations, ...items.filter(({ sk }) => !isKeptToTheEnd(sk))]
}

async function keysBelow(pk: string): Promise<ItemKey[]> {
  const items = await queryItems({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ProjectionExpression: 'sk',
    ConsistentRead: true,
  })
  return items.map(({ sk }) => ({ pk, sk: String(sk) }))
}

function isKeptToTheEnd(sk: string): boolean {
  return sk === 'CLUSTER' || sk === 'LOCK' || sk.startsWith(keptPrefix)
}

/** Updates an operation; gives back whether the condition held. */
function updateOperation(operationId: string, update: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<boolean> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.operation(operationId),
    ...update,
    ExpressionAttributeNames: { '#status': 'status', ...update.ExpressionAttributeNames },
  })
  return conditionally('UpdateItem', table.send(command))
}

import { TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import { TransactWriteCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { errorOf } from '../clouds/aws/errors.ts'
import { allDone } from '../errors/attempts.ts'
import { ConcurrentChange } from '../errors/step-errors.ts'
import { setting } from '../settings.ts'
import { generationWrites, type NewGeneration } from './generation.ts'
import { releaseWhenIdle } from './lock.ts'
import {
  type IdempotencyItem,
  idempotencyItem,
  noStatus,
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
  lists,
  queryItems,
  table,
  tableCall,
  type Write,
} from './table.ts'

/** What {@link recordOperation} writes for a new operation. */
export interface NewOperation {
  readonly operation: OperationItem
  /** The request in its normal form. */
  readonly request: Readonly<Record<string, unknown>>
  /**
   * The new generation of the spec of the operation's cluster. An operation with a change acquires the cluster's lock, unless it
   * waits, or that of rotations when it is of all clusters. 'same spec' acquires the lock and leaves the recorded spec as it is, because the operation
   * changes no spec, or records the new one at its end. Left out by an operation that only observes.
   */
  readonly change?: NewGeneration | 'same spec'
  /**
   * `lastOperationId` of the cluster's record when the request was made from that record: each write of a spec sets another one.
   * Left out by a request that does not depend on the record.
   */
  readonly madeFrom?: string
  readonly idempotency?: { readonly keyHash: string; readonly item: IdempotencyItem }
  /** Whose place it takes. Left out by an operation that takes none. */
  readonly places?: Places
  /** Name of the caller of an operation that waits, without its session. */
  readonly waiter?: string
  /** Writes of what the request claims, each on the condition that the claim is still the one that was read. */
  readonly claims?: readonly Write[]
}

/** How many operations a caller may have running at once. */
export interface Places {
  /** Name of the caller, without its session. */
  readonly caller: string
  readonly most: number
}

type Obstacle = 'cluster locked' | 'key claimed' | 'record changed' | 'no free place' | 'contended'

/**
 * Records an operation, acquires its cluster's lock, claims its idempotency key and takes a place of its caller in one
 * transaction: all or nothing. Gives back the obstacle when nothing was recorded: the lock is held, the key is claimed, the
 * record has changed since the request was made from it, the caller has no free place, or another transaction wrote the
 * same items at the same moment.
 *
 * @throws {StepError} when the call fails for any other reason
 */
export async function recordOperation(recorded: NewOperation): Promise<'recorded' | Obstacle> {
  // In the order in which their obstacles are reported.
  const claims = [
    ...keyClaim(recorded),
    ...lockClaim(recorded),
    ...specClaim(recorded),
    ...placeClaim(recorded),
    ...resourceClaims(recorded),
  ]
  const writes = [
    ...claims.map(({ write }) => write),
    ...recordWrites(recorded),
    ...keptWrites(recorded),
    ...specWrites(recorded),
  ]
  try {
    await table.send(new TransactWriteCommand({ TransactItems: writes }))
    return 'recorded'
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw errorOf(error, tableCall('TransactWriteItems'))
    const reasons = error.CancellationReasons ?? []
    const failed = claims.find((_, index) => reasons[index]?.Code === 'ConditionalCheckFailed')
    return failed?.obstacle ?? 'contended'
  }
}

/** A conditional write, and the obstacle that a failed condition stands for: somebody else wrote first. */
interface Claim {
  readonly obstacle: Obstacle
  readonly write: Write
}

function keyClaim({ operation, idempotency }: NewOperation): Claim[] {
  if (!idempotency) return []
  const Put = {
    TableName: setting('TABLE_NAME'),
    Item: { ...keys.idempotency(idempotency.keyHash), ...idempotency.item },
    ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
    ExpressionAttributeValues: { ':now': Date.parse(operation.createdAt) / 1000 },
  }
  return [{ obstacle: 'key claimed', write: { Put } }]
}

function lockClaim({ operation, change }: NewOperation): Claim[] {
  const { operationId, cluster, createdAt, waits } = operation
  if (!change || waits) return []
  const Put = {
    TableName: setting('TABLE_NAME'),
    Item: { ...keys.lock(cluster), operationId, acquiredAt: createdAt, ...listedLock(cluster) },
    ConditionExpression: 'attribute_not_exists(pk)',
  }
  return [{ obstacle: 'cluster locked', write: { Put } }]
}

/** The lists show the locks of clusters, and not the lock of rotations. */
function listedLock(cluster: string | undefined) {
  return cluster === undefined ? {} : { listed: lists.locks, listedKey: cluster }
}

function recordWrites({ operation, request, waiter }: NewOperation): Write[] {
  const TableName = setting('TABLE_NAME')
  const { operationId, cluster, status, waits } = operation
  const listed = {
    listed: lists.operations,
    listedKey: operationId,
    clusterOfOperation: cluster,
    statusOfOperation: status,
  }
  return [
    { Put: { TableName, Item: { ...keys.operation(operationId), ...operation, ...listed } } },
    { Put: { TableName, Item: { ...keys.request(operationId), request } } },
    { Put: { TableName, Item: keys.open(operationId) } },
    ...(waits && cluster !== undefined
      ? [
          {
            Put: {
              TableName,
              Item: {
                ...keys.waiting(cluster, operationId),
                operationId,
                ...(waiter !== undefined && { caller: waiter }),
              },
            },
          },
        ]
      : []),
  ]
}

/** The newest change of a cluster does not expire: see set-expiry.ts. */
function keptWrites({ operation, change }: NewOperation): Write[] {
  const { operationId, cluster } = operation
  if (!change || cluster === undefined) return []
  return [{ Put: { TableName: setting('TABLE_NAME'), Item: keys.kept(cluster, operationId) } }]
}

function specClaim({ operation, change, madeFrom }: NewOperation): Claim[] {
  const { operationId, cluster, createdAt } = operation
  if (!change || cluster === undefined) return []
  const { set, names, values, condition } = change === 'same spec' ? sameSpec : newSpec(cluster, change)
  const Update = {
    TableName: setting('TABLE_NAME'),
    Key: keys.cluster(cluster),
    UpdateExpression: `SET ${set}lastOperationId = :id, updatedAt = :at`,
    ConditionExpression: madeFrom === undefined ? condition : 'lastOperationId = :madeFrom',
    ...(names && { ExpressionAttributeNames: names }),
    ExpressionAttributeValues: {
      ...values,
      ':id': operationId,
      ':at': createdAt,
      ...(madeFrom !== undefined && { ':madeFrom': madeFrom }),
    },
  }
  return [{ obstacle: 'record changed', write: { Update } }]
}

// A teardown may have ended, and deleted the cluster's record, since the request read it.
const sameSpec = { set: '', names: undefined, values: {}, condition: 'attribute_exists(pk)' }

function specWrites({ operation, change }: NewOperation): Write[] {
  const { operationId, cluster, createdAt, requestedBy } = operation
  if (!change || change === 'same spec' || cluster === undefined) return []
  return generationWrites(cluster, change, { writtenBy: requestedBy, writtenAt: createdAt, operationId })
}

function newSpec(cluster: string, { spec, generation }: NewGeneration) {
  return {
    set: 'listed = :listed, listedKey = :cluster, #cluster = :cluster, spec = :spec, generation = :generation, #status = if_not_exists(#status, :none), createdAt = if_not_exists(createdAt, :at), ',
    names: { '#cluster': 'cluster', '#status': 'status' },
    values: {
      ':listed': lists.clusters,
      ':cluster': cluster,
      ':spec': spec,
      ':generation': generation,
      ':none': noStatus,
    },
    condition: undefined,
  }
}

function resourceClaims({ claims = [] }: NewOperation): Claim[] {
  return claims.map((write) => ({ obstacle: 'record changed', write }))
}

/** What has ended still counts here. It is taken out when all places seem to be taken: see places.ts. */
function placeClaim({ operation, places }: NewOperation): Claim[] {
  if (!places) return []
  const Update = {
    TableName: setting('TABLE_NAME'),
    Key: keys.caller(places.caller),
    UpdateExpression: 'ADD operationIds :id',
    ConditionExpression: 'attribute_not_exists(operationIds) OR size(operationIds) < :most',
    ExpressionAttributeValues: { ':id': new Set([operation.operationId]), ':most': places.most },
  }
  return [{ obstacle: 'no free place', write: { Update } }]
}

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

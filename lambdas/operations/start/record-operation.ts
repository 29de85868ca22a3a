import { unlessSet, where } from '../record/expression.ts'
import { generationWrites, type NewGeneration } from '../record/generation.ts'
import { type IdempotencyItem, noStatus, type OperationItem } from '../record/record.ts'
import { keys, lists } from '../record/table.ts'
import { isContended, put, transact, update, type Write } from '../record/writes.ts'

export interface NewOperation {
  readonly operation: OperationItem
  /** The request in its normal form. */
  readonly request: Readonly<Record<string, unknown>>
  /**
   * The new generation of the cluster's spec, or 'same spec' for an operation that does not write the spec at its
   * start. In both cases, an operation that does not wait acquires the lock of its cluster, or, without a cluster, the
   * lock of rotations. Absent for an operation that only observes.
   */
  readonly change?: NewGeneration | 'same spec'
  /** The record's `lastOperationId` when the request was made. Every operation that changes the cluster replaces it. */
  readonly expectedLastOperation?: string
  readonly idempotency?: { readonly keyHash: string; readonly item: IdempotencyItem }
  /** The concurrency slots of the caller. Absent for an operation that takes no slot. */
  readonly slots?: ConcurrencySlots
  /** Only for an operation that waits: the name of its caller, without the session. */
  readonly waiter?: string
  /**
   * Additional writes, such as ownership claims (lambdas/claims). When one of their conditions fails, the obstacle is
   * `record changed`.
   */
  readonly extraWrites?: readonly Write[]
}

/** The concurrency slots of a caller of the API. */
export interface ConcurrencySlots {
  /** Name of the caller, without its session. */
  readonly caller: string
  readonly most: number
}

type Obstacle = 'cluster locked' | 'key claimed' | 'record changed' | 'no free slot' | 'contended'

/**
 * In one transaction, records an operation, acquires its lock, claims its idempotency key and takes a slot of its
 * caller. Returns the obstacle when nothing was recorded. `record changed` means that another writer changed the
 * cluster's record or a claim after the request was made. `contended` means that another transaction wrote the same
 * items at the same moment.
 *
 * @throws {StepError} when the call fails for any other reason
 */
export async function recordOperation(requested: NewOperation): Promise<'recorded' | Obstacle> {
  // The order decides which obstacle is reported if several conditions fail.
  const guarded = [
    ...guardedKeyWrite(requested),
    ...guardedLockWrite(requested),
    ...guardedSpecWrite(requested),
    ...guardedSlotWrite(requested),
    ...guardedExtraWrites(requested),
  ]
  const writes = [
    ...guarded.map(({ write }) => write),
    ...recordWrites(requested),
    ...pendingExpiryWrites(requested),
    ...specWrites(requested),
  ]
  const cancelled = await transact(writes)
  if (!cancelled) return 'recorded'
  if (!isContended(cancelled)) throw cancelled.error
  const failed = guarded.find((_, index) => cancelled.codes[index] === 'ConditionalCheckFailed')
  return failed?.obstacle ?? 'contended'
}

/** A conditional write, and the obstacle to report if its condition fails. */
interface GuardedWrite {
  readonly obstacle: Obstacle
  readonly write: Write
}

function guardedKeyWrite({ operation, idempotency }: NewOperation): GuardedWrite[] {
  if (!idempotency) return []
  const item = { ...keys.idempotency(idempotency.keyHash), ...idempotency.item }
  const now = Date.parse(operation.createdAt) / 1000
  return [{ obstacle: 'key claimed', write: put(item, where`attribute_not_exists(pk) OR expiresAt <= ${now}`) }]
}

function guardedLockWrite({ operation, change }: NewOperation): GuardedWrite[] {
  const { operationId, cluster, createdAt, waits } = operation
  if (!change || waits) return []
  const item = { ...keys.lock(cluster), operationId, acquiredAt: createdAt, ...listedLock(cluster) }
  return [{ obstacle: 'cluster locked', write: put(item, where`attribute_not_exists(pk)`) }]
}

/** Lists show the locks of clusters, not the lock of rotations. */
function listedLock(cluster: string | undefined) {
  return cluster === undefined ? {} : { listed: lists.locks, listedKey: cluster }
}

function recordWrites({ operation, request, waiter }: NewOperation): Write[] {
  const { operationId, cluster, status, waits } = operation
  const listed = {
    listed: lists.operations,
    listedKey: operationId,
    clusterOfOperation: cluster,
    statusOfOperation: status,
  }
  return [
    put({ ...keys.operation(operationId), ...operation, ...listed }),
    put({ ...keys.request(operationId), request }),
    put(keys.open(operationId)),
    ...(waits && cluster !== undefined
      ? [put({ ...keys.waiting(cluster, operationId), operationId, caller: waiter })]
      : []),
  ]
}

/** The pendingExpiry item, by which set-expiry.ts finds the operation once it is no longer the newest one. */
function pendingExpiryWrites({ operation, change }: NewOperation): Write[] {
  const { operationId, cluster } = operation
  return change && cluster !== undefined ? [put(keys.pendingExpiry(cluster, operationId))] : []
}

function guardedSpecWrite({ operation, change, expectedLastOperation }: NewOperation): GuardedWrite[] {
  const { operationId, cluster, createdAt } = operation
  if (!change || cluster === undefined) return []
  const spec = change === 'same spec' ? {} : specFields(cluster, change, createdAt)
  const set = { ...spec, lastOperationId: operationId, updatedAt: createdAt }
  const condition =
    expectedLastOperation === undefined
      ? conditionWithoutExpected(change)
      : where`lastOperationId = ${expectedLastOperation}`
  return [{ obstacle: 'record changed', write: update(keys.cluster(cluster), { set }, condition) }]
}

/** The condition without `expectedLastOperation`. A first generation requires that the cluster is not recorded. */
function conditionWithoutExpected(change: NewGeneration | 'same spec') {
  return change === 'same spec' ? where`attribute_exists(pk)` : where`attribute_not_exists(pk)`
}

function specFields(cluster: string, { spec, generation }: NewGeneration, at: string) {
  return {
    listed: lists.clusters,
    listedKey: cluster,
    cluster,
    spec,
    generation,
    status: unlessSet(noStatus),
    createdAt: unlessSet(at),
  }
}

function specWrites({ operation, change }: NewOperation): Write[] {
  const { operationId, cluster, createdAt, requestedBy } = operation
  if (!change || change === 'same spec' || cluster === undefined) return []
  return generationWrites(cluster, change, { writtenBy: requestedBy, writtenAt: createdAt, operationId })
}

function guardedExtraWrites({ extraWrites = [] }: NewOperation): GuardedWrite[] {
  return extraWrites.map((write) => ({ obstacle: 'record changed', write }))
}

/** Operations that have ended still count. They are removed when all slots seem to be taken: see slots.ts. */
function guardedSlotWrite({ operation, slots }: NewOperation): GuardedWrite[] {
  if (!slots) return []
  const taken = { add: { operationIds: new Set([operation.operationId]) } }
  const condition = where`attribute_not_exists(operationIds) OR size(operationIds) < ${slots.most}`
  return [{ obstacle: 'no free slot', write: update(keys.caller(slots.caller), taken, condition) }]
}

import { unlessSet, where } from '../record/expression.ts'
import { generationWrites, type NewGeneration } from '../record/generation.ts'
import { type IdempotencyItem, noStatus, type OperationItem } from '../record/record.ts'
import { keys, lists } from '../record/table.ts'
import { put, transact, update, type Write } from '../record/writes.ts'

export interface NewOperation {
  readonly operation: OperationItem
  /** The request in its normal form. */
  readonly request: Readonly<Record<string, unknown>>
  /**
   * The new generation of the cluster's spec. 'same spec' for an operation that changes no spec, or records the new one
   * at its end. In both cases the operation acquires a lock: that of the cluster, or that of rotations if it is for all
   * clusters. A waiting operation acquires none. Absent for an operation that only observes.
   */
  readonly change?: NewGeneration | 'same spec'
  /** `lastOperationId` of the record that the request was made from. Each written spec changes it. */
  readonly madeFrom?: string
  readonly idempotency?: { readonly keyHash: string; readonly item: IdempotencyItem }
  /** The concurrency slots of the caller. Absent for an operation that takes none. */
  readonly slots?: ConcurrencySlots
  /** Name of the caller of an operation that waits, without its session. */
  readonly waiter?: string
  /** Writes of the request's claims, each on the condition that the claim has not changed since it was read. */
  readonly claims?: readonly Write[]
}

/** The concurrency slots of a caller of the API. */
export interface ConcurrencySlots {
  /** Name of the caller, without its session. */
  readonly caller: string
  readonly most: number
}

type Obstacle = 'cluster locked' | 'key claimed' | 'record changed' | 'no free slot' | 'contended'

/**
 * Records an operation, acquires its lock, claims its idempotency key and takes a slot of its caller, in one
 * transaction. Returns the obstacle when nothing was recorded. `record changed`: another writer changed the cluster's
 * record or a claim after the request was made from it. `contended`: another transaction wrote the same items at the
 * same moment.
 *
 * @throws {StepError} when the call fails for any other reason
 */
export async function recordOperation(recorded: NewOperation): Promise<'recorded' | Obstacle> {
  // In the order in which their obstacles are reported.
  const claims = [
    ...keyClaim(recorded),
    ...lockClaim(recorded),
    ...specClaim(recorded),
    ...slotClaim(recorded),
    ...resourceClaims(recorded),
  ]
  const writes = [
    ...claims.map(({ write }) => write),
    ...recordWrites(recorded),
    ...pendingExpiryWrites(recorded),
    ...specWrites(recorded),
  ]
  const cancelled = await transact(writes)
  if (!cancelled) return 'recorded'
  const failed = claims.find((_, index) => cancelled.codes[index] === 'ConditionalCheckFailed')
  return failed?.obstacle ?? 'contended'
}

/** A conditional write, and the obstacle that a failed condition indicates: another writer was first. */
interface Claim {
  readonly obstacle: Obstacle
  readonly write: Write
}

function keyClaim({ operation, idempotency }: NewOperation): Claim[] {
  if (!idempotency) return []
  const item = { ...keys.idempotency(idempotency.keyHash), ...idempotency.item }
  const now = Date.parse(operation.createdAt) / 1000
  return [{ obstacle: 'key claimed', write: put(item, where`attribute_not_exists(pk) OR expiresAt <= ${now}`) }]
}

function lockClaim({ operation, change }: NewOperation): Claim[] {
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

function specClaim({ operation, change, madeFrom }: NewOperation): Claim[] {
  const { operationId, cluster, createdAt } = operation
  if (!change || cluster === undefined) return []
  const spec = change === 'same spec' ? {} : specFields(cluster, change, createdAt)
  const set = { ...spec, lastOperationId: operationId, updatedAt: createdAt }
  const condition = madeFrom === undefined ? unreadCondition(change) : where`lastOperationId = ${madeFrom}`
  return [{ obstacle: 'record changed', write: update(keys.cluster(cluster), { set }, condition) }]
}

/** A teardown may have deleted the cluster's record since the read. A first generation requires that there is none. */
function unreadCondition(change: NewGeneration | 'same spec') {
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

function resourceClaims({ claims = [] }: NewOperation): Claim[] {
  return claims.map((write) => ({ obstacle: 'record changed', write }))
}

/** Ended operations still count here. They are removed when all slots seem to be taken: see slots.ts. */
function slotClaim({ operation, slots }: NewOperation): Claim[] {
  if (!slots) return []
  const taken = { add: { operationIds: new Set([operation.operationId]) } }
  const condition = where`attribute_not_exists(operationIds) OR size(operationIds) < ${slots.most}`
  return [{ obstacle: 'no free slot', write: update(keys.caller(slots.caller), taken, condition) }]
}

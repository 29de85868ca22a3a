import * as z from 'zod/mini'
import { allDone } from '../../errors/attempts.ts'
import { ConcurrentChange } from '../../errors/step-errors.ts'
import { releaseWhenIdle } from '../lock/lock.ts'
import { where } from './expression.ts'
import {
  type IdempotencyItem,
  idempotencyItem,
  type OperationEnd,
  type OperationItem,
  operationItem,
  type StepItem,
  stepItem,
} from './record.ts'
import { getItem, type ItemKey, keys, pendingExpiryPrefix, queryItems, tableCall } from './table.ts'
import { type Check, check, conditionally, isContended, remove, transact, update, type Write } from './writes.ts'

/** Returns the claim of an idempotency key, or undefined when the key is unclaimed or its claim has expired. */
export async function readIdempotency(keyHash: string): Promise<IdempotencyItem | undefined> {
  const item = await getItem(keys.idempotency(keyHash))
  return item === undefined ? undefined : idempotencyItem.parse(item)
}

/** Returns the operation without its request and steps, or undefined when no operation has this ID. */
export async function readOperationItem(operationId: string): Promise<OperationItem | undefined> {
  const item = await getItem(keys.operation(operationId))
  return item === undefined ? undefined : operationItem.parse(item)
}

export interface RecordedOperation {
  readonly operation: OperationItem
  readonly request: Readonly<Record<string, unknown>>
  /** The steps in the order of their first starts. */
  readonly steps: readonly StepItem[]
}

/** Reads an operation with its request and steps by one query. Returns undefined when no operation has this ID. */
export async function readOperation(operationId: string): Promise<RecordedOperation | undefined> {
  const items = await queryItems(where`pk = ${keys.operation(operationId).pk}`)
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

/** Records the start of a queued operation's execution. Does nothing when the operation is no longer queued. */
export async function recordRunning(operationId: string, at: Date): Promise<void> {
  const set = { status: 'running', statusOfOperation: 'running', startedAt: at.toISOString() }
  await conditionally(update(keys.operation(operationId), { set }, where`status = ${'queued'}`))
}

/**
 * Records the end of an operation, unless an end is already recorded. Then releases the lock of `cluster` if the
 * operation holds it and none of the operation's steps can be running. Returns whether this call ended the operation.
 *
 * A crash before the release leaves a stale lock, which the next request or the reconciler releases.
 *
 * @param cluster absent if no lock of a cluster is to be released
 */
export async function endOperation(
  { operationId, cluster }: Pick<OperationItem, 'operationId' | 'cluster'>,
  end: OperationEnd,
): Promise<boolean> {
  const ended = await conditionally(ending(operationId, end))
  if (cluster !== undefined) await releaseWhenIdle(cluster, operationId)
  return ended
}

function ending(operationId: string, end: OperationEnd): Write {
  const endedAt = new Date().toISOString()
  const set = { ...end, statusOfOperation: end.status, endedAt, notifyAt: endedAt }
  return update(keys.operation(operationId), { set }, where`status IN (${'queued'}, ${'running'})`)
}

/**
 * In one transaction, ends an operation that holds its cluster's lock, releases the lock, and sends `writes`. Returns
 * false and writes nothing when the operation does not hold the lock or has already ended. So the operation writes
 * nothing while another operation holds the lock.
 *
 * @throws {StepError} when the call fails for any other reason
 */
export async function endHolding(
  { operationId, cluster }: { readonly operationId: string; readonly cluster: string },
  end: OperationEnd,
  writes: readonly Write[],
): Promise<boolean> {
  const release = remove(keys.lock(cluster), heldBy(operationId))
  return whileHeld([ending(operationId, end), release], writes)
}

/**
 * Deletes items of a cluster in transactions. A transaction contains at most 100 items, the limit of DynamoDB. Each
 * transaction requires that the operation holds the cluster's lock. Returns false when the operation does not hold it.
 *
 * @throws {StepError} when a call fails for any other reason
 */
export async function deleteIfLockHeld(
  { operationId, cluster }: { readonly operationId: string; readonly cluster: string },
  items: readonly ItemKey[],
): Promise<boolean> {
  return writeHolding(
    { operationId, cluster },
    items.map((key) => remove(key)),
  )
}

async function writeHolding(
  { operationId, cluster }: { readonly operationId: string; readonly cluster: string },
  writes: readonly Write[],
): Promise<boolean> {
  const held = check(keys.lock(cluster), heldBy(operationId))
  for (let at = 0; at < writes.length; at += 99) {
    if (!(await whileHeld([held], writes.slice(at, at + 99)))) return false
  }
  return true
}

function heldBy(operationId: string) {
  return where`operationId = ${operationId}`
}

/** @param holds the writes whose conditions fail when the operation does not hold the lock, or has ended */
async function whileHeld(holds: readonly (Write | Check)[], writes: readonly Write[]): Promise<boolean> {
  const cancelled = await transact([...holds, ...writes])
  if (!cancelled) return true
  if (cancelled.codes.slice(0, holds.length).includes('ConditionalCheckFailed')) return false
  throw isContended(cancelled) ? writtenMeanwhile() : cancelled.error
}

function writtenMeanwhile(): ConcurrentChange {
  return new ConcurrentChange({
    object: tableCall('TransactWriteItems').resource,
    reason: 'another writer wrote the same items at the same moment',
    action: 'Do nothing unless the error recurs: the step writes again',
  })
}

/**
 * Ends an operation that has removed its cluster. First deletes the cluster's claims and most other items. Then one
 * transaction ends the operation and deletes the cluster's item and lock. Returns false and does not end the operation
 * when it does not hold the lock or has already ended.
 *
 * @param claims the keys of the cluster's claims, from the index. Another cluster may own one of these claims by now
 * @throws {ConcurrentChange} when another cluster owns one of the claims
 * @throws {StepError} when a call fails for any other reason
 */
export async function endAndForget(operationId: string, cluster: string, claims: readonly ItemKey[]): Promise<boolean> {
  const ref = { operationId, cluster }
  const unlessOfAnother = where`attribute_not_exists(pk) OR owner = ${cluster}`
  const deletes = [
    ...claims.map((key) => remove(key, unlessOfAnother)),
    ...(await partsOf(cluster)).map((key) => remove(key)),
  ]
  return (await writeHolding(ref, deletes)) && endHolding(ref, { status: 'succeeded' }, [remove(keys.cluster(cluster))])
}

/**
 * Returns the keys of the items of a cluster that are deleted before the final transaction. They exclude the cluster's
 * item, its lock, and its pendingExpiry items, whose operations still need an expiry. Generations and the agent come
 * first, so that a new cluster of the same name has no generation, and not the agent of the old one.
 */
async function partsOf(cluster: string): Promise<ItemKey[]> {
  const [generations, ofAgent, items] = await allDone([
    keysBelow(keys.generation(cluster, 0).pk),
    keysBelow(keys.agent(cluster).pk),
    keysBelow(keys.cluster(cluster).pk),
  ])
  return [...generations, ...ofAgent, ...items.filter(({ sk }) => !isKeptToTheEnd(sk))]
}

async function keysBelow(pk: string): Promise<ItemKey[]> {
  const items = await queryItems(where`pk = ${pk}`, { only: ['sk'] })
  return items.map(({ sk }) => ({ pk, sk: String(sk) }))
}

function isKeptToTheEnd(sk: string): boolean {
  return sk === 'CLUSTER' || sk === 'LOCK' || sk.startsWith(pendingExpiryPrefix)
}

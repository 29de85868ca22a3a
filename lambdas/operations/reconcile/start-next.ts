import { setTimeout as sleep } from 'node:timers/promises'
import { allDone, allDoneInBatches } from '../../errors/attempts.ts'
import { log } from '../../log.ts'
import { releaseWhenIdle } from '../lock/lock.ts'
import { appliedBy, endAsTornDown, forgetWaiting, listWaiting, recordAppliedBy } from '../lock/waiting.ts'
import { type RecordedCluster, readCluster } from '../record/cluster-record.ts'
import { desiredWorkloads, leaving } from '../record/generation.ts'
import { type RecordedOperation, readOperation } from '../record/operations.ts'
import { hasEnded, type LockItem, type WaitingItem } from '../record/record.ts'
import { setupOperationFrom } from '../start/deployment-setup.ts'
import { type NewOperation, recordOperation } from '../start/record-operation.ts'
import { startRecorded } from '../start/start-recorded.ts'

/** The number of attempts when other writers write the same items at the same moment. */
const attempts = 5
const pauseMs = 200

const atOnce = 20

/**
 * The number of waiting operations that one transaction assigns to the next operation. The transaction records the next
 * operation, and writes its ID into the items of these waiting operations. A transaction has 100 writes at most, so
 * separate writes assign the remaining waiting operations. If the function is stopped before these writes, another
 * operation follows for the remaining waiting operations.
 */
const assignedPerTransaction = 80

/**
 * Starts the operation that applies the newest spec of the cluster, if operations wait and the cluster is free.
 *
 * @throws {StepError} when a call fails; the operations then continue to wait
 */
export async function startNext(cluster: string): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if ((await tryToStartNext(cluster)) === 'done') return
    await sleep(Math.random() * pauseMs * attempt)
  }
}

async function tryToStartNext(cluster: string): Promise<'again' | 'done'> {
  // Read before the record, so that the record includes the writes of the waiting operations.
  const waiting = (await listWaiting(cluster)).filter(({ broughtAboutBy }) => broughtAboutBy === undefined)
  const newest = waiting.at(-1)
  if (!newest) return 'done'
  const [newestOperation, recorded] = await allDone([readOperation(newest.operationId), readCluster(cluster)])
  if (!newestOperation || !recorded) return 'done'
  if (recorded.lock && !(await releaseIfEnded(recorded.lock, cluster))) return 'done'
  if (hasEnded(newestOperation.operation.status)) {
    // The function that cancelled the operation was stopped before it deleted the waiting item.
    await forgetWaiting(cluster, newest.operationId)
    return 'again'
  }
  if (await isTeardownRequestedSince(recorded, waiting)) {
    await allDoneInBatches(waiting, atOnce, (each) => endAsTornDown(cluster, each.operationId))
    return 'done'
  }
  const next = operationFor(recorded, await requestsDiscovery(recorded, newestOperation, waiting.slice(0, -1)))
  const { operationId } = next.operation
  const extraWrites = waiting
    .slice(0, assignedPerTransaction)
    .map((one) => appliedBy(cluster, one.operationId, operationId))
  const outcome = await recordOperation({ ...next, extraWrites })
  // The operation that now holds the lock starts the next one at its end.
  if (outcome !== 'recorded') return outcome === 'cluster locked' ? 'done' : 'again'
  log('info', 'next operation recorded', { operationId, cluster, waiting: waiting.length })
  const others = waiting.slice(assignedPerTransaction)
  await allDoneInBatches(others, atOnce, (each) => recordAppliedBy(cluster, each.operationId, operationId))
  await startRecorded(next)
  return 'done'
}

/**
 * Whether a teardown of the cluster was requested after the waiting operations. If it has failed, the record still
 * exists, but the spec must not be applied without another request.
 */
async function isTeardownRequestedSince(
  { cluster }: RecordedCluster,
  waiting: readonly WaitingItem[],
): Promise<boolean> {
  const { lastOperationId } = cluster
  if (waiting.some(({ operationId }) => operationId === lastOperationId)) return false
  const last = await readOperation(lastOperationId)
  return last?.operation.kind === 'teardown' && last.request.whole === true
}

/**
 * Releases the lock if its operation has ended: a rotation may have left it behind. Returns false while the operation
 * runs, or while one of its steps may still write.
 */
async function releaseIfEnded({ operationId }: LockItem, cluster: string): Promise<boolean> {
  const holder = await readOperation(operationId)
  if (holder && !hasEnded(holder.operation.status)) return false
  return (await releaseWhenIdle(cluster, operationId)) === undefined
}

/** Whether a waiting request contains `discovery`. The newest request may omit it although an older request has it. */
async function requestsDiscovery(
  { cluster }: RecordedCluster,
  newest: RecordedOperation,
  older: readonly WaitingItem[],
): Promise<boolean> {
  if (cluster.spec.discovery === undefined) return false
  if (newest.request.discovery !== undefined) return true
  for (const { operationId } of older.toReversed()) {
    const earlier = await readOperation(operationId)
    if (earlier && !hasEnded(earlier.operation.status) && earlier.request.discovery !== undefined) return true
  }
  return false
}

/** A setup of the complete recorded spec, which removes all workloads that have left it. */
function operationFor(recorded: RecordedCluster, withDiscovery: boolean): NewOperation {
  const { generation, spec } = recorded.cluster
  const { discovery: _, ...rest } = spec
  return setupOperationFrom(recorded, {
    requestedBy: `generation ${generation}`,
    // A request that does not create the cluster may omit `discovery`: see setupOperation.
    spec: withDiscovery ? spec : rest,
    removed: leaving(recorded, desiredWorkloads(recorded)),
  })
}

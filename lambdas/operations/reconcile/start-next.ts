import { setTimeout as sleep } from 'node:timers/promises'
import { allDone, allDoneInBatches } from '../../errors/attempts.ts'
import { log } from '../../log.ts'
import { releaseWhenIdle } from '../lock/lock.ts'
import { broughtAbout, endAsTornDown, forgetWaiting, listWaiting, recordBroughtAbout } from '../lock/waiting.ts'
import { type RecordedCluster, readCluster } from '../record/cluster-record.ts'
import { desiredWorkloads, leaving } from '../record/generation.ts'
import { type RecordedOperation, readOperation } from '../record/operations.ts'
import { hasEnded, type LockItem, type WaitingItem } from '../record/record.ts'
import { type NewOperation, recordOperation } from '../start/record-operation.ts'
import { setupOf } from '../start/setup-of.ts'
import { startRecorded } from '../start/start-recorded.ts'

/** How often it is tried when others write the same items at the same moment. */
const attempts = 5
const pauseMs = 200

/** How many operations are written at the same time. */
const atOnce = 20

/**
 * How many of those that wait are written together with the next operation: a transaction has 100 writes at most. A second
 * operation is started for those that are not, when the function is stopped before it has written them.
 */
const together = 80

/**
 * Starts the operation that brings the newest spec of the cluster about, if operations wait for one and the cluster is free.
 *
 * @throws {StepError} when a call fails; those that wait still do
 */
export async function startNext(cluster: string): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if ((await tryToStartNext(cluster)) === 'done') return
    await sleep(Math.random() * pauseMs * attempt)
  }
}

async function tryToStartNext(cluster: string): Promise<'again' | 'done'> {
  // Before the record: what a waiting operation has written is then in the record that is read.
  const waiting = (await listWaiting(cluster)).filter(({ broughtAboutBy }) => broughtAboutBy === undefined)
  const newest = waiting.at(-1)
  if (!newest) return 'done'
  const [asked, recorded] = await allDone([readOperation(newest.operationId), readCluster(cluster)])
  if (!asked || !recorded) return 'done'
  if (recorded.lock && (await isHeld(recorded.lock, cluster))) return 'done'
  if (hasEnded(asked.operation.status)) {
    // The function that cancelled it was stopped in between.
    await forgetWaiting(cluster, newest.operationId)
    return 'again'
  }
  if (await isTornDownSince(recorded, waiting)) {
    await allDoneInBatches(waiting, atOnce, (each) => endAsTornDown(cluster, each.operationId))
    return 'done'
  }
  const next = operationFor(recorded, await asksForDiscovery(recorded, asked, waiting.slice(0, -1)))
  const { operationId } = next.operation
  const claims = waiting.slice(0, together).map((one) => broughtAbout(cluster, one.operationId, operationId))
  const outcome = await recordOperation({ ...next, claims })
  // The operation that holds the lock now starts the next one at its end.
  if (outcome !== 'recorded') return outcome === 'cluster locked' ? 'done' : 'again'
  log('info', 'next operation recorded', { operationId, cluster, waiting: waiting.length })
  const others = waiting.slice(together)
  await allDoneInBatches(others, atOnce, (each) => recordBroughtAbout(cluster, each.operationId, operationId))
  await startRecorded(next)
  return 'done'
}

/**
 * A teardown may have acquired the lock before what waits was started, and have failed. Whoever requested it knew the newest
 * spec: it is not brought about again without another request.
 */
async function isTornDownSince({ cluster }: RecordedCluster, waiting: readonly WaitingItem[]): Promise<boolean> {
  const { lastOperationId } = cluster
  if (waiting.some(({ operationId }) => operationId === lastOperationId)) return false
  const last = await readOperation(lastOperationId)
  return last?.operation.kind === 'teardown' && last.request.whole === true
}

/** A rotation may have ended without releasing all of its clusters: nothing else would release them then. */
async function isHeld({ operationId }: LockItem, cluster: string): Promise<boolean> {
  const holder = await readOperation(operationId)
  if (holder && !hasEnded(holder.operation.status)) return true
  return (await releaseWhenIdle(cluster, operationId)) !== undefined
}

/** Whether one of the requests names how keys are published: the newest may leave out what an older one asks for. */
async function asksForDiscovery(
  { cluster }: RecordedCluster,
  newest: RecordedOperation,
  older: readonly WaitingItem[],
): Promise<boolean> {
  if (cluster.spec.discovery === undefined) return false
  if (newest.request.discovery !== undefined) return true
  for (const { operationId } of older.toReversed()) {
    const asked = await readOperation(operationId)
    if (asked && !hasEnded(asked.operation.status) && asked.request.discovery !== undefined) return true
  }
  return false
}

/** All of the recorded spec is set up, and all that has left it is removed. */
function operationFor(recorded: RecordedCluster, withDiscovery: boolean): NewOperation {
  const { generation, spec } = recorded.cluster
  const { discovery: _, ...rest } = spec
  return setupOf(recorded, {
    requestedBy: `generation ${generation}`,
    // A request that does not create the cluster may leave it out: see setupOperation.
    spec: withDiscovery ? spec : rest,
    removed: leaving(recorded, desiredWorkloads(recorded)),
  })
}

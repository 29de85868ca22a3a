import * as z from 'zod/mini'
import { recorded } from '../../errors/recorded.ts'
import { StepError } from '../../errors/step-errors.ts'
import { framesOf, log } from '../../log.ts'
import { publishMetric } from '../../metrics.ts'
import { isQuiet, isStuck } from '../lock/activity.ts'
import { where } from '../record/expression.ts'
import { type RecordedOperation, readOperation } from '../record/operations.ts'
import { hasEnded } from '../record/record.ts'
import { openOperations, queryPage } from '../record/table.ts'
import { isUnstarted } from './operation-end.ts'
import { type Settled, settle } from './settle.ts'
import { resumeWaiting } from './settle-waiting.ts'
import { startNext } from './start-next.ts'

/** The number of operations that are settled concurrently. */
const pageSize = 20

/** No further page is read when fewer milliseconds remain of the function's timeout. */
const reserveMs = 20_000

const openItem = z.object({ sk: z.string() })

type Counted = Record<Settled | 'failed', number>

/**
 * Settles open operations. The event about the end of an operation may be lost, its settlement may have failed, or its
 * execution may never have been started. Skips a running operation whose record has changed in the last minutes.
 * Settles the oldest operations first, and stops before the function times out. A failure for one operation does not
 * affect the other operations.
 *
 * @param remainingMs milliseconds until Lambda stops the function
 * @throws {Error} at the end, when operations could not be settled; the log names each such operation
 */
export async function settleOpen(remainingMs: () => number): Promise<void> {
  const start = onceForEach(startNext)
  const counted: Counted = { 'under way': 0, ending: 0, settled: 0, failed: 0 }
  let stuck = 0
  let after: Key | undefined
  do {
    const page = await readPage(after)
    for (const { outcome, isStuck } of await Promise.all(page.operationIds.map((id) => settleOne(id, start)))) {
      counted[outcome] += 1
      if (isStuck) stuck += 1
    }
    after = page.next
  } while (after && remainingMs() > reserveMs)
  log('info', 'open operations settled', { ...counted, stuck, isComplete: after === undefined })
  publishMetric('OperationsStuck', stuck)
  if (counted.failed > 0) throw new Error(`${counted.failed} operations could not be settled: the log names them`)
}

type Key = Readonly<Record<string, unknown>>

async function readPage(after: Key | undefined) {
  const { items, next } = await queryPage(where`pk = ${openOperations}`, { pageSize }, after)
  return { operationIds: items.map((item) => openItem.parse(item).sk), next }
}

interface Outcome {
  readonly outcome: keyof Counted
  readonly isStuck: boolean
}

type Start = typeof startNext

/** Starts once for each cluster. Hundreds of operations may wait for one cluster, and each start reads all of them. */
function onceForEach(start: Start): Start {
  const started = new Map<string, Promise<void>>()
  return (cluster) => {
    const known = started.get(cluster) ?? start(cluster)
    started.set(cluster, known)
    return known
  }
}

async function settleOne(operationId: string, start: Start): Promise<Outcome> {
  const now = new Date()
  let observed: RecordedOperation | undefined
  try {
    observed = await readOperation(operationId)
    const outcome = await settleUnlessUnderWay(operationId, observed, start)
    return { outcome, isStuck: outcome !== 'settled' && logIfStuck(operationId, observed, now) }
  } catch (error) {
    const known = error instanceof StepError && recorded(error)
    log('error', 'operation not settled', { operationId, ...(known && { error: known }), frames: framesOf(error) })
    return { outcome: 'failed', isStuck: logIfStuck(operationId, observed, now) }
  }
}

async function settleUnlessUnderWay(
  operationId: string,
  observed: RecordedOperation | undefined,
  start: Start,
): Promise<Settled> {
  if (!observed || hasEnded(observed.operation.status)) return settle(operationId)
  // A waiting operation is handled without a delay, because its cluster may have become free.
  if (observed.operation.waits) {
    await resumeWaiting(observed.operation, start)
    return 'under way'
  }
  const now = new Date()
  return isUnstarted(observed, now) || isQuiet(observed, now) ? settle(operationId) : 'under way'
}

/** Logs and returns whether the operation is stuck. A waiting operation never counts as stuck. */
function logIfStuck(operationId: string, observed: RecordedOperation | undefined, now: Date): boolean {
  if (!observed || observed.operation.waits || !isStuck(observed, now)) return false
  log('error', 'operation stuck', { operationId, cluster: observed.operation.cluster })
  return true
}

/**
 * The places of the callers of the API: each operation that a caller has running takes one. It is free again when the
 * operation has ended, without a write at its end: who finds all places taken looks which operations have ended. So no end
 * that is lost, and no crash, keeps a place.
 */
import { allDone } from '../../errors/attempts.ts'
import { ConcurrentChange } from '../../errors/step-errors.ts'
import { readOperationItem } from '../record/operations.ts'
import { callerItem, hasEnded } from '../record/record.ts'
import { getItem, keys } from '../record/table.ts'
import { update, write } from '../record/writes.ts'
import type { Places } from '../start/record-operation.ts'

/**
 * The operations that take all places of the caller, oldest first; undefined when a place may be free by now, so that it is
 * worth another try. Takes out those that have ended.
 *
 * @throws {StepError} when a call fails
 */
export async function operationsUnlessFree({ caller, most }: Places): Promise<readonly string[] | undefined> {
  const item = await getItem(keys.caller(caller))
  const { operationIds = new Set<string>() } = callerItem.parse(item ?? {})
  const states = await allDone([...operationIds].map(async (id) => ({ id, isRunning: await isRunning(id) })))
  const ended = states.filter(({ isRunning }) => !isRunning).map(({ id }) => id)
  if (ended.length > 0) await takeOut(caller, ended)
  const running = states.filter(({ isRunning }) => isRunning).map(({ id }) => id)
  // The ids are UUIDv7: their order is by time.
  return running.length < most ? undefined : running.sort()
}

/** An operation that has expired had ended before. */
async function isRunning(operationId: string): Promise<boolean> {
  const operation = await readOperationItem(operationId)
  return operation !== undefined && !hasEnded(operation.status)
}

async function takeOut(caller: string, operationIds: readonly string[]): Promise<void> {
  try {
    await write(update(keys.caller(caller), { delete: { operationIds: new Set(operationIds) } }))
  } catch (error) {
    // Another start of the caller writes the item at the same moment. The next try takes out what is left.
    if (!(error instanceof ConcurrentChange)) throw error
  }
}

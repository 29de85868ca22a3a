/**
 * The concurrency slots of API callers. Each running operation takes a slot. The end of an operation does not release
 * its slot. Instead, a start that finds no free slot releases the slots of all ended operations, so a crash leaks none.
 */
import { allDone } from '../../errors/attempts.ts'
import { ConcurrentChange } from '../../errors/step-errors.ts'
import { readOperationItem } from '../record/operations.ts'
import { callerItem, hasEnded } from '../record/record.ts'
import { getItem, keys } from '../record/table.ts'
import { update, write } from '../record/writes.ts'
import type { ConcurrencySlots } from '../start/record-operation.ts'

/**
 * Releases the slots of ended operations. If all slots are still taken, returns their operations, oldest first. If a
 * slot may be free, returns undefined, and a retry is useful.
 *
 * @throws {StepError} when a call fails
 */
export async function operationsUnlessSlotFree({
  caller,
  most,
}: ConcurrencySlots): Promise<readonly string[] | undefined> {
  const item = await getItem(keys.caller(caller))
  const { operationIds = new Set<string>() } = callerItem.parse(item ?? {})
  const states = await allDone([...operationIds].map(async (id) => ({ id, isRunning: await isRunning(id) })))
  const ended = states.filter(({ isRunning }) => !isRunning).map(({ id }) => id)
  if (ended.length > 0) await freeSlots(caller, ended)
  const running = states.filter(({ isRunning }) => isRunning).map(({ id }) => id)
  // The ids are UUIDv7, so this order is by time.
  return running.length < most ? undefined : running.sort()
}

/** An operation without a record has expired, so it has ended. */
async function isRunning(operationId: string): Promise<boolean> {
  const operation = await readOperationItem(operationId)
  return operation !== undefined && !hasEnded(operation.status)
}

async function freeSlots(caller: string, operationIds: readonly string[]): Promise<void> {
  try {
    await write(update(keys.caller(caller), { delete: { operationIds: new Set(operationIds) } }))
  } catch (error) {
    // Another start of the caller writes the item at the same moment. The next attempt releases the remaining slots.
    if (!(error instanceof ConcurrentChange)) throw error
  }
}

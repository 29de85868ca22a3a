import { randomUUID } from 'node:crypto'
import type { RecordedError } from '../../errors/recorded.ts'
import type { Change } from '../../report/change.ts'
import type { Waiting } from '../../report/waiting.ts'
import { appended, type Changes, unlessSet, where } from './expression.ts'
import { keys } from './table.ts'
import { inTransactionOrSeparately, update, type Write } from './writes.ts'

/**
 * A step of an operation. `item` is `namespace/account` in a step that runs for each workload, and the cluster's name
 * in a step that runs for each cluster.
 */
export interface StepRef {
  readonly operationId: string
  readonly state: string
  readonly item?: string | undefined
}

/**
 * Records the start of an attempt. `attempt` counts the state machine's retries. It is 0 for the first attempt after
 * the state is entered.
 *
 * @param until the time at which Lambda stops the attempt
 */
export function recordStarted(ref: StepRef & { readonly attempt?: number }, at: Date, until = at): Promise<void> {
  const set = {
    status: 'running',
    startedAt: unlessSet(at.toISOString()),
    attemptAt: at.toISOString(),
    runsUntil: until.toISOString(),
    retries: ref.attempt ?? 0,
  }
  return record(ref, { set, add: { attempts: 1 } })
}

/**
 * Records the end of the step, its changes, and its output for the next steps. `waiting` stays recorded, because it
 * contains events of the cluster.
 *
 * @param status the write to the status of the cluster or workload, in the same transaction
 */
export function recordSucceeded(
  ref: StepRef,
  { changes, output }: { readonly changes: readonly Change[]; readonly output: unknown },
  at: Date,
  status?: Write,
): Promise<void> {
  const set = { status: 'succeeded', endedAt: at.toISOString(), output, changes: appended(changes) }
  return record(ref, { set, remove: ['error', 'runsUntil'] }, status)
}

/** Records that the step is waiting, why, and how long the operation waits for it. */
export function recordWaiting(
  ref: StepRef & { readonly deadline?: string | undefined },
  { reason, events = [], task }: Waiting,
  changes: readonly Change[],
  status?: Write,
): Promise<void> {
  const set = {
    status: 'waiting',
    waiting: { reason, events, task, until: ref.deadline },
    // Polls that find an object unchanged report nothing new. Hundreds of them would fill the item.
    changes: appended(changes.filter((change) => change.action !== 'unchanged')),
  }
  return record(ref, { set, remove: ['error', 'runsUntil'] }, status)
}

/** Records that this attempt has failed, and its changes before the failure. The next attempt overwrites the status. */
export function recordFailed(
  ref: StepRef,
  error: RecordedError,
  at: Date,
  { changes = [], status }: { readonly changes?: readonly Change[]; readonly status?: Write | undefined } = {},
): Promise<void> {
  const set = { status: 'failed', endedAt: at.toISOString(), error, changes: appended(changes) }
  return record(ref, { set, remove: ['runsUntil'] }, status)
}

/**
 * The SDK repeats a write whose response was lost. The condition prevents a repeated write from counting an attempt
 * twice, or from appending the same changes again.
 */
async function record(ref: StepRef, { set, ...changes }: Changes, status?: Write): Promise<void> {
  const key = keys.step(ref.operationId, ref.state, ref.item)
  const writeId = randomUUID()
  const condition = where`attribute_not_exists(writeId) OR writeId <> ${writeId}`
  const step = update(key, { set: { writeId, ...set }, ...changes }, condition)
  await inTransactionOrSeparately(status ? [step, status] : [step])
}

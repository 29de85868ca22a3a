import { randomUUID } from 'node:crypto'
import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import type { RecordedError } from '../errors/recorded.ts'
import type { Change } from '../report/change.ts'
import type { Waiting } from '../report/waiting.ts'
import { setting } from '../settings.ts'
import { conditionally, keys, table } from './table.ts'

/**
 * A step of an operation. `item` is `namespace/account` in a step that runs once for each workload, and the name of the
 * cluster in a step that runs once for each cluster.
 */
export interface StepRef {
  readonly operationId: string
  readonly state: string
  readonly item?: string | undefined
}

/**
 * Records that an attempt has started. `attempt` is 0 for the first attempt in this visit of the state.
 *
 * @param until when Lambda stops the attempt, if it has not ended by then
 */
export function recordStarted(ref: StepRef & { readonly attempt?: number }, at: Date, until = at): Promise<void> {
  return update(ref, {
    set: '#status = :status, startedAt = if_not_exists(startedAt, :at), attemptAt = :at, runsUntil = :until, retries = :retries ADD attempts :one',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':status': 'running',
      ':at': at.toISOString(),
      ':until': until.toISOString(),
      ':retries': ref.attempt ?? 0,
      ':one': 1,
    },
  })
}

/**
 * Records the end of the step, what it changed, and its output for the next steps. The reason of its last wait stays
 * recorded, because the events of the cluster are with it.
 */
export function recordSucceeded(
  ref: StepRef,
  done: { readonly changes: readonly Change[]; readonly output: unknown },
  at: Date,
): Promise<void> {
  return update(ref, {
    set: `#status = :status, endedAt = :at, #output = :output, ${appendChanges} REMOVE #error, runsUntil`,
    ExpressionAttributeNames: { '#status': 'status', '#output': 'output', '#error': 'error' },
    ExpressionAttributeValues: {
      ':status': 'succeeded',
      ':at': at.toISOString(),
      ':output': done.output,
      ':changes': done.changes,
      ':none': [],
    },
  })
}

/** Records that the step is not done yet, why, and until when the operation waits for it. */
export function recordWaiting(
  ref: StepRef & { readonly deadline?: string | undefined },
  { reason, events = [], task }: Waiting,
  changes: readonly Change[],
): Promise<void> {
  const until = ref.deadline
  return update(ref, {
    set: `#status = :status, waiting = :waiting, ${appendChanges} REMOVE #error, runsUntil`,
    ExpressionAttributeNames: { '#status': 'status', '#error': 'error' },
    ExpressionAttributeValues: {
      ':status': 'waiting',
      ':waiting': { reason, events, ...(task && { task }), ...(until !== undefined && { until }) },
      // A poll that finds every object unchanged reports nothing new. Hundreds of such polls must not fill the item.
      ':changes': changes.filter((change) => change.action !== 'unchanged'),
      ':none': [],
    },
  })
}

/**
 * Records that this attempt has failed, and what it has made before. If the state machine makes another attempt, that attempt
 * overwrites the failure.
 */
export function recordFailed(
  ref: StepRef,
  error: RecordedError,
  at: Date,
  changes: readonly Change[] = [],
): Promise<void> {
  return update(ref, {
    set: `#status = :status, endedAt = :at, #error = :error, ${appendChanges} REMOVE runsUntil`,
    ExpressionAttributeNames: { '#status': 'status', '#error': 'error' },
    ExpressionAttributeValues: {
      ':status': 'failed',
      ':at': at.toISOString(),
      ':error': error,
      ':changes': changes,
      ':none': [],
    },
  })
}

const appendChanges = 'changes = list_append(if_not_exists(changes, :none), :changes)'

interface Expression extends Pick<UpdateCommandInput, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> {
  /** What follows SET in the update expression. */
  readonly set: string
}

/**
 * The SDK sends a write again whose answer was lost. The condition keeps it from counting an attempt twice, or appending the same
 * changes again.
 */
async function update(ref: StepRef, expression: Expression): Promise<void> {
  const { set, ExpressionAttributeNames, ExpressionAttributeValues } = expression
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.step(ref.operationId, ref.state, ref.item),
    UpdateExpression: `SET writeId = :writeId, ${set}`,
    ConditionExpression: 'attribute_not_exists(writeId) OR writeId <> :writeId',
    ExpressionAttributeNames,
    ExpressionAttributeValues: { ...ExpressionAttributeValues, ':writeId': randomUUID() },
  })
  await conditionally('UpdateItem', table.send(command))
}

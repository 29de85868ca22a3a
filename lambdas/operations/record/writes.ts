/** Writes to the table, alone or in a transaction. A condition applies to the item before the write. */
import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb'
import {
  DeleteCommand,
  PutCommand,
  TransactWriteCommand,
  type TransactWriteConditionCheck,
  type TransactWriteDelete,
  type TransactWritePut,
  type TransactWriteUpdate,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { errorOf, orStepError } from '../../clouds/aws/errors.ts'
import { allDone } from '../../errors/attempts.ts'
import { type Changes, changing, type Expression, placeholders } from './expression.ts'
import { type ItemKey, table, tableCall, tableName } from './table.ts'

export type Write = { Put: TransactWritePut } | { Update: TransactWriteUpdate } | { Delete: TransactWriteDelete }

/** A condition on an item that the transaction does not write. */
export interface Check {
  readonly ConditionCheck: TransactWriteConditionCheck
}

/** Replaces or creates an item. Undefined attributes are omitted. */
export function put(Item: ItemKey & Readonly<Record<string, unknown>>, condition?: Expression): Write {
  return { Put: { TableName: tableName(), Item, ...requiring(condition) } }
}

/** Changes or creates an item. */
export function update(Key: ItemKey, changes: Changes, condition?: Expression): Write {
  const to = placeholders()
  const UpdateExpression = changing(changes)(to)
  return { Update: { TableName: tableName(), Key, UpdateExpression, ...requiring(condition, to) } }
}

/** Deletes an item, if it exists. */
export function remove(Key: ItemKey, condition?: Expression): Write {
  return { Delete: { TableName: tableName(), Key, ...requiring(condition) } }
}

export function check(Key: ItemKey, condition: Expression): Check {
  const to = placeholders()
  const ConditionExpression = condition(to)
  return { ConditionCheck: { TableName: tableName(), Key, ConditionExpression, ...to.attributes() } }
}

function requiring(condition: Expression | undefined, to = placeholders()) {
  return { ...(condition && { ConditionExpression: condition(to) }), ...to.attributes() }
}

/** @throws {StepError} when the write fails */
export async function write(one: Write): Promise<void> {
  const { action, answer } = sent(one)
  await orStepError(tableCall(action), answer)
}

/**
 * Sends a write. Returns false when its condition did not hold.
 *
 * @throws {StepError} when the write fails for any other reason
 */
export async function conditionally(one: Write): Promise<boolean> {
  const { action, answer } = sent(one)
  try {
    await answer
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw errorOf(error, tableCall(action))
  }
}

/**
 * Sends all writes in one transaction. Returns false when a condition did not hold.
 *
 * @throws {StepError} when the transaction fails for any other reason, such as a throttled write
 */
export async function conditionallyTogether(writes: readonly Write[]): Promise<boolean> {
  const cancelled = await transact(writes)
  if (cancelled && !cancelled.codes.includes('ConditionalCheckFailed')) throw cancelled.error
  return cancelled === undefined
}

/**
 * Whether a condition or another write of the same items cancelled the transaction. The caller can then read the items
 * again. Otherwise a write was, for example, throttled.
 */
export function isContended({ codes }: Cancelled): boolean {
  return codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')
}

/**
 * Sends writes of different items in one transaction. If DynamoDB cancels the transaction, for example because a
 * condition does not hold, sends each write alone. A write whose condition does not hold has no effect.
 *
 * @throws {StepError} when a write fails for any other reason
 */
export async function inTransactionOrSeparately(writes: readonly Write[]): Promise<void> {
  if (writes.length > 1 && (await transact(writes)) === undefined) return
  await allDone(writes.map(conditionally))
}

function sent(one: Write): { readonly action: string; readonly answer: Promise<unknown> } {
  if ('Put' in one) return { action: 'PutItem', answer: table.send(new PutCommand(one.Put)) }
  if ('Update' in one) return { action: 'UpdateItem', answer: table.send(new UpdateCommand(one.Update)) }
  return { action: 'DeleteItem', answer: table.send(new DeleteCommand(one.Delete)) }
}

/**
 * Deletes an item. Returns whether this call has deleted it.
 *
 * @throws {StepError} when the call fails
 */
export async function deleteIfExists(Key: ItemKey): Promise<boolean> {
  const command = new DeleteCommand({ TableName: tableName(), Key, ReturnValues: 'ALL_OLD' })
  const { Attributes, $metadata } = await orStepError(tableCall('DeleteItem'), table.send(command))
  // An earlier attempt of the SDK may have deleted the item, and its response was lost.
  return Attributes !== undefined || ($metadata.attempts ?? 1) > 1
}

/** A transaction that DynamoDB cancelled. It has written nothing. */
export interface Cancelled {
  /** One code for each write, in order: `ConditionalCheckFailed`, `TransactionConflict`, `None` or another one. */
  readonly codes: readonly (string | undefined)[]
  readonly error: unknown
}

/**
 * Sends all writes in one transaction. Returns why it was cancelled, or undefined when it has succeeded.
 *
 * @throws {StepError} when the call fails for any other reason
 */
export async function transact(writes: readonly (Write | Check)[]): Promise<Cancelled | undefined> {
  const call = tableCall('TransactWriteItems')
  try {
    await table.send(new TransactWriteCommand({ TransactItems: [...writes] }))
    return undefined
  } catch (error) {
    const explanation = errorOf(error, call)
    if (!(error instanceof TransactionCanceledException)) throw explanation
    return { codes: (error.CancellationReasons ?? []).map(({ Code }) => Code), error: explanation }
  }
}

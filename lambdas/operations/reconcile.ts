import { StepError } from '../errors/step-errors.ts'
import { readExecution } from './executions.ts'
import { endOf, endWithoutExecution, isNotifiedByWorkflow } from './operation-end.ts'
import { endOperation, type RecordedOperation, readOperation } from './operations.ts'
import { hasEnded, type OperationEnd, type OperationItem } from './record.ts'
import { isOld, isQuiet } from './under-way.ts'

/**
 * Brings the record of an operation in line with its execution. When the execution has ended without recording that
 * itself, or is gone, ends the operation and releases its cluster's lock. What the workflow has recorded stays. Gives
 * back the operation; undefined when it is not recorded.
 *
 * @throws {StepError} when a call fails
 */
export async function reconcileOperation(operationId: string): Promise<RecordedOperation | undefined> {
  const recorded = await readOperation(operationId)
  const end = recorded && (await endOfExecution(recorded))
  if (!end) return recorded
  await endOperation(recorded.operation, end)
  return readOperation(operationId)
}

/**
 * The operation as it is now, for a reader that writes nothing. When the record has not changed for some minutes, the
 * execution is asked. An end that is not recorded is then added to what is given back. The reconciler records it.
 */
export async function asItIsNow(recorded: RecordedOperation): Promise<RecordedOperation> {
  if (!isQuiet(recorded, new Date())) return recorded
  const end = await endOfExecution(recorded).catch(unlessTransient)
  if (!end) return recorded
  const { notifyAt: _, ...shown } = end
  return { ...recorded, operation: { ...recorded.operation, ...shown } }
}

/**
 * How many executions one list asks about at most. An account may ask about some 15 a second:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const maxAsked = 10

/** The same for the operations of a list. At most {@link maxAsked} of them are looked at: the newest that are old enough. */
export async function allAsTheyAreNow(listed: readonly OperationItem[]): Promise<OperationItem[]> {
  const now = new Date()
  const asked = listed.filter(({ status, createdAt }) => !hasEnded(status) && isOld(createdAt, now)).slice(0, maxAsked)
  return Promise.all(listed.map((operation) => (asked.includes(operation) ? newest(operation) : operation)))
}

async function newest(operation: OperationItem): Promise<OperationItem> {
  const recorded = await readOperation(operation.operationId)
  return recorded ? (await asItIsNow(recorded)).operation : operation
}

/** Step Functions is away or throttles: what is recorded is then the best answer. */
function unlessTransient(error: unknown): undefined {
  if (error instanceof StepError && error.transient) return undefined
  throw error
}

/** How the operation has ended, if only its execution says so; undefined when it is under way, or recorded as ended. */
async function endOfExecution(recorded: RecordedOperation): Promise<OperationEnd | undefined> {
  const { operation, steps } = recorded
  if (hasEnded(operation.status) || operation.waits) return undefined
  const now = new Date()
  const execution = await readExecution(operation)
  if (execution === 'running') return undefined
  if (execution === 'absent') return owing(endWithoutExecution(recorded, now), now)
  const end = endOf(execution, operation.cluster, steps)
  return isNotifiedByWorkflow(execution) ? end : owing(end, now)
}

/** The workflow has not notified of this end. */
function owing(end: OperationEnd | undefined, now: Date): OperationEnd | undefined {
  return end && { ...end, notifyAt: now.toISOString() }
}

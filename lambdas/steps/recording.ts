/** Records one attempt of a step: its progress, and its effect on the condition. */
import type { RecordedError } from '../errors/recorded.ts'
import { InvalidStepInput } from '../errors/step-errors.ts'
import { endedMeanwhile } from '../operations/reconcile/operation-end.ts'
import { recordFailed, recordStarted, recordSucceeded, recordWaiting } from '../operations/record/progress.ts'
import { hasEnded, noStatus } from '../operations/record/record.ts'
import type { Change } from '../report/change.ts'
import { afterFailure, afterSuccess, type ConditionType, type StepCondition, whileWaiting } from './condition.ts'
import type { StepResult } from './contract.ts'
import type { Envelope } from './envelope.ts'
import { type Known, type Recorded, readRecorded, writeOfStatus } from './status.ts'

/** The start of an attempt, and the time at which Lambda stops it. */
interface Times {
  readonly at: Date
  readonly until: Date
}

export interface Progress {
  /** Returns the recorded state. */
  readonly started: (call: Envelope, times: Times, type: ConditionType | undefined) => Promise<Recorded>
  readonly waiting: typeof recordWaiting
  readonly succeeded: typeof recordSucceeded
  readonly failed: typeof recordFailed
  /** False when nothing is recorded. */
  readonly isKept: boolean
}

export const inRecord: Progress = {
  started: startUnlessEnded,
  waiting: recordWaiting,
  succeeded: recordSucceeded,
  failed: recordFailed,
  isKept: true,
}

const nothing = () => Promise.resolve()
export const unrecorded: Progress = {
  started: () => Promise.resolve({ operation: undefined, cluster: noStatus, workload: noStatus }),
  waiting: nothing,
  succeeded: nothing,
  failed: nothing,
  isKept: false,
}

/**
 * Records the start of the step, and throws if the operation has ended: a stopped execution may still have a running
 * task. An execution may also start late, after another operation has ended this operation and acquired its stale lock.
 *
 * The step records its start, and then reads the operation. The code that ends an operation records the end, and then
 * reads the running steps. So either the step finds the end, or its start prevents the release of the lock.
 *
 * @throws {OperationEnded} when the operation has ended
 * @throws {InvalidStepInput} when the operation is for another cluster
 */
async function startUnlessEnded(call: Envelope, times: Times, type: ConditionType | undefined): Promise<Recorded> {
  await recordStarted(call, times.at, times.until)
  const recorded = await readRecorded(call, type)
  const { operation } = recorded
  if (!operation || hasEnded(operation.status)) throw endedMeanwhile(call.cluster, operation?.status)
  // A rotation is for no single cluster: it acquires the lock of each cluster.
  if (operation.cluster !== undefined && operation.cluster !== call.cluster) throw ofOtherCluster(call)
  return recorded
}

/** The caller was authorized for the cluster of the operation, so the input must not name another cluster. */
function ofOtherCluster({ state, cluster }: Envelope): InvalidStepInput {
  return new InvalidStepInput({
    object: `state ${state}`,
    reason: `it was called for cluster ${cluster}, but its operation is for another cluster`,
    action: 'Send the request again',
  })
}

interface Attempt {
  readonly recorded: Recorded
  readonly condition: StepCondition | undefined
}

/** Records the success or the waiting reason of the step, with its effect on the status. */
export async function recordResult(
  call: Envelope,
  progress: Progress,
  result: StepResult<object>,
  { recorded, condition }: Attempt,
): Promise<void> {
  const status = writeOfStatus(call, recorded, condition?.type, knownBy(result, condition))
  await ('waiting' in result
    ? progress.waiting(call, result.waiting, result.changes ?? [], status)
    : progress.succeeded(call, result, new Date(), status))
}

/** The result's effect on the condition, and its observation. */
function knownBy(result: StepResult<object>, condition: StepCondition | undefined): Known {
  if ('waiting' in result) return { assessment: whileWaiting(result.waiting), observed: result.observed }
  const assessment = result.assessment ?? (condition && afterSuccess(condition, result.output))
  return { assessment, observed: result.observed }
}

export interface FailedAttempt {
  /** Undefined when the step could not start. */
  readonly recorded: Recorded | undefined
  readonly condition: StepCondition | undefined
  readonly changesBefore: readonly Change[]
}

/** Returns whether the record contains the failure. */
export async function recordFailure(
  call: Envelope,
  progress: Progress,
  error: RecordedError,
  { recorded, condition, changesBefore }: FailedAttempt,
): Promise<boolean> {
  const status = recorded && writeOfStatus(call, recorded, condition?.type, { assessment: afterFailure(error) })
  await progress.failed(call, error, new Date(), { changes: changesBefore, status })
  return progress.isKept
}

/** Records one attempt of a step: its progress, and what it says of its condition. */
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

/** When an attempt has started, and when Lambda stops it. */
interface Times {
  readonly at: Date
  readonly until: Date
}

/** Where the progress of a step goes. */
export interface Progress {
  /** Gives back what is recorded. */
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
 * Records the start of the step. A stopped execution may still have a running task. An execution may also start late,
 * after another operation has ended this one and acquired its stale lock.
 *
 * The start is recorded before the operation is read. Who ends an operation does it the other way round: it records the
 * end, and then reads which steps run. So either the step finds the end, or its start keeps the lock from being released.
 *
 * @throws {OperationEnded} when the operation has ended
 * @throws {InvalidStepInput} when the operation is of another cluster
 */
async function startUnlessEnded(call: Envelope, times: Times, type: ConditionType | undefined): Promise<Recorded> {
  await recordStarted(call, times.at, times.until)
  const recorded = await readRecorded(call, type)
  const { operation } = recorded
  if (!operation || hasEnded(operation.status)) throw endedMeanwhile(call.cluster, operation?.status)
  // A rotation is of no one cluster: it acquires the lock of each.
  if (operation.cluster !== undefined && operation.cluster !== call.cluster) throw ofOtherCluster(call)
  return recorded
}

/** What a caller may do was decided for the cluster of the operation, whatever the input of the workflow says. */
function ofOtherCluster({ state, cluster }: Envelope): InvalidStepInput {
  return new InvalidStepInput({
    object: `state ${state}`,
    reason: `it was called for cluster ${cluster}, and its operation is of another cluster`,
    action: 'Send the request again',
  })
}

interface Attempt {
  readonly recorded: Recorded
  readonly condition: StepCondition | undefined
}

/** Records that the step has succeeded, or what it waits for, and with it what the status gets. */
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

/** What the result says of the step's condition, and of what it has observed. */
function knownBy(result: StepResult<object>, condition: StepCondition | undefined): Known {
  if ('waiting' in result) return { assessment: whileWaiting(result.waiting), observed: result.observed }
  const assessment = result.assessment ?? (condition && afterSuccess(condition, result.output))
  return { assessment, observed: result.observed }
}

export interface FailedAttempt {
  /** Undefined when the step could not even start. */
  readonly recorded: Recorded | undefined
  readonly condition: StepCondition | undefined
  /** What it has made before it failed. */
  readonly madeBefore: readonly Change[]
}

/** Gives back whether the record has the failure now. */
export async function recordFailure(
  call: Envelope,
  progress: Progress,
  error: RecordedError,
  { recorded, condition, madeBefore }: FailedAttempt,
): Promise<boolean> {
  const status = recorded && writeOfStatus(call, recorded, condition?.type, { assessment: afterFailure(error) })
  await progress.failed(call, error, new Date(), { changes: madeBefore, status })
  return progress.isKept
}

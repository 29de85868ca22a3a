/** The end of an operation, derived from the end of its execution. */

import { decodeFailure } from '../../errors/failure-codec.ts'
import type { OperationError, RecordedError } from '../../errors/recorded.ts'
import { OperationEnded, StepError } from '../../errors/step-errors.ts'
import type { OperationEnd, OperationItem, OperationStatus, StepItem } from '../record/record.ts'

/** The error and cause that the state machine caught, or that DescribeExecution returns. */
export interface Caught {
  readonly error?: string | undefined
  readonly cause?: string | undefined
}

/** The status of an ended execution, as DescribeExecution spells it, with its error and cause. */
export type EndedExecution = Caught & { readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' }

/** A Fail state must not raise an error whose name starts with `States.`, so it uses this prefix instead. */
const ownPrefix = /^Workflow\./

export function endOf(
  execution: EndedExecution,
  cluster: string | undefined,
  steps: readonly StepItem[],
): OperationEnd {
  if (execution.status === 'SUCCEEDED') return { status: 'succeeded' }
  if (execution.status === 'ABORTED') return { status: 'cancelled', error: cancelled(cluster, execution.cause) }
  const caught = execution.status === 'TIMED_OUT' ? { error: 'States.Timeout' } : execution
  return { status: 'failed', error: failureOf(caught, cluster, steps) }
}

/**
 * Returns the error of the operation, from the first of these sources that applies:
 * - the caught error, if its cause encodes the failure. A step that cannot write its record throws such an error. A
 *   workflow raises such an error when a step has waited too long;
 * - the record of the step that failed with an error of the same name;
 * - a call that AWS denied to the state machine's role;
 * - the step that is recorded as running or waiting. A function that was killed or timed out could not record its end,
 *   so its step is still recorded as running.
 */
export function failureOf(caught: Caught, cluster: string | undefined, steps: readonly StepItem[]): OperationError {
  const name = (caught.error ?? 'Unknown').replace(ownPrefix, 'States.')
  return (
    decodeFailure({ ...caught, error: name }) ??
    recordedBy(name, steps) ??
    refusedToWorkflow(caught) ??
    withoutAnswer(name, cluster, steps)
  )
}

export function clustersOf(cluster: string | undefined): string {
  return cluster === undefined ? 'all clusters' : `cluster ${cluster}`
}

export function cancelled(cluster: string | undefined, by: string | undefined): OperationError {
  return {
    name: 'Cancelled',
    object: clustersOf(cluster),
    reason: by ? `the operation was stopped: ${by}` : 'the operation was stopped',
    action: 'Send the request again to continue; created objects remain',
  }
}

/** The error of a cancelled waiting operation. The next setup still applies its spec, including workload removals. */
export function cancelledWaiting(cluster: string | undefined, by: string): OperationError {
  const action =
    'The spec that the operation wrote remains, and the next setup of the cluster applies it. To undo it, write the previous generation again (wid history)'
  return { ...cancelled(cluster, by), action }
}

/** The error of a step that runs after its operation has ended or no longer holds the lock of the cluster. */
export function endedMeanwhile(cluster: string, status?: OperationStatus): OperationEnded {
  return new OperationEnded({
    object: clustersOf(cluster || undefined),
    reason: `the operation was ended meanwhile${status === undefined ? '' : `: it is ${status}`}`,
    action: 'Send the request again when no other operation is running',
  })
}

/**
 * In milliseconds. The functions that record an operation and start its execution are stopped after 30 seconds.
 * DescribeExecution is eventually consistent, so it may not know a new execution yet:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
const graceMs = 60_000

/**
 * Returns the end of an operation whose execution Step Functions does not return. Returns undefined if the execution
 * was just started, because it may not be visible yet, or if it was never started.
 */
export function endWithoutExecution(
  { operation, steps }: { readonly operation: OperationItem; readonly steps: readonly StepItem[] },
  now: Date,
): OperationEnd | undefined {
  const { cluster, status, createdAt, startedAt } = operation
  // The function that starts the execution may be stopped before it records the start.
  const wasStarted = status === 'running' || steps.length > 0
  if (!wasStarted || isRecent(startedAt ?? createdAt, now)) return undefined
  return { status: 'failed', error: executionLost(cluster) }
}

/** The error names no workload, because the waiting operation's caller may not be allowed to read all workloads. */
export function notApplied(by: string, cluster: string, status: 'failed' | 'cancelled'): OperationError {
  return {
    name: 'NotBroughtAbout',
    object: clustersOf(cluster),
    reason: `operation ${by}, which was to apply the newest spec, ${status === 'failed' ? 'has failed' : 'was cancelled'}`,
    action: `Look at the conditions of the cluster and of its workloads, and at operation ${by} if you may read it; then send the request again`,
  }
}

/** The error of an operation that waited when a teardown began. The teardown may have failed since. */
export function tornDown(cluster: string): OperationError {
  return {
    name: 'TornDown',
    object: clustersOf(cluster),
    reason: 'a teardown of the cluster began before its newest spec was applied',
    action: 'Send the request again to set the cluster up',
  }
}

/** Whether the execution was never started, because the function that recorded the operation was stopped. */
export function isUnstarted(
  { operation, steps }: { readonly operation: OperationItem; readonly steps: readonly StepItem[] },
  now: Date,
): boolean {
  const { status, waits, createdAt } = operation
  return status === 'queued' && !waits && steps.length === 0 && !isRecent(createdAt, now)
}

/**
 * In milliseconds after the creation of an operation. During this time, a denial may be temporary, because permissions
 * of a new deployment take effect late.
 */
const refusalMs = 5 * 60_000

/** Returns the end of an operation whose start fails permanently. Returns undefined if a retry may start it. */
export function endOfFailedStart(
  { createdAt }: Pick<OperationItem, 'createdAt'>,
  error: unknown,
  now: Date,
): OperationEnd | undefined {
  if (!(error instanceof StepError) || error.transient || isRecent(createdAt, now, refusalMs)) return undefined
  const { object, reason, action } = error
  return {
    status: 'failed',
    error: {
      name: 'StartRefused',
      object,
      reason: `the operation was not started, and has changed nothing: ${reason}`,
      action: `${action}; then send the request again`,
    },
  }
}

function isRecent(time: string, now: Date, withinMs = graceMs): boolean {
  return now.getTime() - Date.parse(time) < withinMs
}

/**
 * Step Functions deletes an execution 90 days after its end:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export function executionLost(cluster: string | undefined): OperationError {
  return {
    name: 'ExecutionLost',
    object: clustersOf(cluster),
    reason:
      'the workflow of the operation ended without a recorded result, and Step Functions no longer has its execution',
    action: 'Send the request again to continue; created objects remain',
  }
}

function recordedBy(name: string, steps: readonly StepItem[]): OperationError | undefined {
  const failed = steps
    .filter((step) => step.status === 'failed' && step.error?.name === name)
    .sort((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? ''))[0]
  return failed?.error && at(failed, failed.error)
}

/** AWS's message for a call that the state machine's role does not allow. It captures the action and the ARN. */
const denial = /is not authorized to perform: (\S+) on resource: (\S+)/

function refusedToWorkflow({ error, cause = '' }: Caught): OperationError | undefined {
  if (error === undefined || !/^(Lambda|StepFunctions)\./.test(error)) return undefined
  const [, action, resource] = denial.exec(cause) ?? []
  if (action === undefined || resource === undefined) return undefined
  return {
    name: error,
    object: resource,
    reason: `AWS refused ${action} to the workflow (${error})`,
    action: `Allow ${action} on ${resource} to the state machine's role`,
  }
}

/** Errors of Invoke when a function has no connection to its VPC. The state machines retry them for five minutes. */
const networkErrors = /^Lambda\.(ResourceNotReady|ENI|EC2|SubnetIPAddress)/

/** The error when no step recorded why the execution ended. It can only name the step in progress. */
function withoutAnswer(name: string, cluster: string | undefined, steps: readonly StepItem[]): OperationError {
  const running = longestUnderWay(steps, 'running')
  const waiting = running ? undefined : longestUnderWay(steps, 'waiting')
  const error = {
    name,
    object: clustersOf(cluster),
    reason: running
      ? `the function of ${running.state} gave no answer (${name})`
      : `the workflow ended with ${name}${waiting?.waiting ? ` while it was waiting: ${waiting.waiting.reason}` : ''}`,
    action: networkErrors.test(name)
      ? 'Send the request again in some minutes; if the error persists, check that the subnets of the functions have free addresses, and that the functions are active'
      : 'Send the request again; if the error persists, look at the logs of the function and of the execution',
  }
  const step = running ?? waiting
  return step ? at(step, error) : error
}

/**
 * Returns the step with the most retries. The workflow gives up on an unresponsive function only after retries, and
 * then stops concurrent steps, which may be in their first attempt.
 */
function longestUnderWay(steps: readonly StepItem[], status: StepItem['status']): StepItem | undefined {
  const underWay = steps.filter((step) => step.status === status)
  return underWay.sort((a, b) => b.retries - a.retries || a.attemptAt.localeCompare(b.attemptAt))[0]
}

function at({ state, item }: StepItem, error: RecordedError): OperationError {
  return { ...error, step: state, ...(item !== undefined && { item }) }
}

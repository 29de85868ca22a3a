/** How an operation has ended, derived from the end of its execution. */

import { decodeFailure } from '../../errors/failure-codec.ts'
import type { OperationError, RecordedError } from '../../errors/recorded.ts'
import { OperationEnded, StepError } from '../../errors/step-errors.ts'
import type { OperationEnd, OperationItem, OperationStatus, StepItem } from '../record/record.ts'

/** The error and the cause that the state machine caught, or that DescribeExecution returns. */
export interface Caught {
  readonly error?: string | undefined
  readonly cause?: string | undefined
}

/** The status of an ended execution, as DescribeExecution spells it, with its error and cause. */
export type EndedExecution = Caught & { readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' }

/**
 * A Fail state may not raise an error whose name starts with `States.`. The workflows replace that prefix with this
 * one.
 */
const ownPrefix = /^Workflow\./

/** How an operation has ended, from the end of its execution. */
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
 * What failed, in which step, on which object, and what to do. The first source that knows decides:
 * - the caught error, when it carries the failure: a step throws such an error when it cannot write its record, and a
 *   workflow raises one when it no longer waits for a step;
 * - the record of the step that failed with this error;
 * - a call that AWS refused to the state machine's role;
 * - the step that is still running or waiting. A function that was killed or ran out of time has recorded nothing, so
 *   its step is still running.
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

/** What an operation is about: one cluster, or all clusters. */
export function clustersOf(cluster: string | undefined): string {
  return cluster === undefined ? 'all clusters' : `cluster ${cluster}`
}

export function cancelled(cluster: string | undefined, by: string | undefined): OperationError {
  return {
    name: 'Cancelled',
    object: clustersOf(cluster),
    reason: by ? `it was stopped: ${by}` : 'it was stopped',
    action: 'Send the request again to go on; what was made stays',
  }
}

/** Of an operation that waits. The next one is of the whole spec, and would also remove what has left it. */
export function cancelledWaiting(cluster: string | undefined, by: string): OperationError {
  const action =
    'What it has written stays in the spec, and the next setup of the cluster brings it about: to take it back, write the generation of before (wid history)'
  return { ...cancelled(cluster, by), action }
}

/**
 * The error of a step that comes too late. Its operation was cancelled, or ended by another operation that has taken
 * over its cluster.
 */
export function endedMeanwhile(cluster: string, status?: OperationStatus): OperationEnded {
  return new OperationEnded({
    object: clustersOf(cluster || undefined),
    reason: `the operation was ended meanwhile${status === undefined ? '' : `: it is ${status}`}`,
    action: 'Send the request again when no other operation is running',
  })
}

/**
 * Milliseconds. The functions that record an operation and start its execution are stopped after 30 seconds. What Step
 * Functions answers about an execution may be older than its start:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
const graceMs = 60_000

/**
 * How an operation has ended that Step Functions knows no execution of; undefined while that proves nothing: the execution
 * was started a moment ago, or is still to be started.
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

/** It names no workload: a caller whose operation waited may not read those of others. */
export function notBroughtAbout(by: string, cluster: string, status: 'failed' | 'cancelled'): OperationError {
  return {
    name: 'NotBroughtAbout',
    object: clustersOf(cluster),
    reason: `operation ${by}, which was to bring the newest spec about, ${status === 'failed' ? 'has failed' : 'was cancelled'}`,
    action: `Look at the conditions of the cluster and of its workloads, and at operation ${by} if you may read it; then send the request again`,
  }
}

/** Of an operation that waited. The teardown may have failed since. */
export function tornDown(cluster: string): OperationError {
  return {
    name: 'TornDown',
    object: clustersOf(cluster),
    reason: 'a teardown of the cluster began before its newest spec was brought about',
    action: 'Send the request again to set the cluster up',
  }
}

/** Whether its execution is still to be started: the function that recorded the operation was stopped before. */
export function isUnstarted(
  { operation, steps }: { readonly operation: OperationItem; readonly steps: readonly StepItem[] },
  now: Date,
): boolean {
  const { status, waits, createdAt } = operation
  return status === 'queued' && !waits && steps.length === 0 && !isRecent(createdAt, now)
}

/** Milliseconds. Rights that a deployment has given a moment ago may not hold yet. */
const refusalMs = 5 * 60_000

/** How an operation has ended whose start fails; undefined while a later start may not: the failure may pass, or is of the first minutes. */
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
    reason: 'its workflow has ended without a record of how, and Step Functions no longer knows it',
    action: 'Send the request again to go on; what was made stays',
  }
}

function recordedBy(name: string, steps: readonly StepItem[]): OperationError | undefined {
  const failed = steps
    .filter((step) => step.status === 'failed' && step.error?.name === name)
    .sort((a, b) => (b.endedAt ?? '').localeCompare(a.endedAt ?? ''))[0]
  return failed?.error && at(failed, failed.error)
}

/**
 * The message of AWS for a call that the state machine's role does not allow. The message holds ARNs and nothing else.
 */
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

/** What Invoke answers when a function has no connection into its VPC. The state machines retry these for five minutes. */
const networkErrors = /^Lambda\.(ResourceNotReady|ENI|EC2|SubnetIPAddress)/

/** The error when the execution was ended from outside its steps. It can only report the step that was under way. */
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
      ? 'Send the request again in some minutes; if it persists, give the subnets of the functions free addresses, and look whether the functions are active'
      : 'Send the request again; if it persists, look at the logs of the function and of the execution',
  }
  const step = running ?? waiting
  return step ? at(step, error) : error
}

/**
 * Of concurrent steps, the step with the most retries. The workflow gives up on a function without an answer only after
 * retries. A step that runs beside that one is cut off in its first attempt.
 */
function longestUnderWay(steps: readonly StepItem[], status: StepItem['status']): StepItem | undefined {
  const underWay = steps.filter((step) => step.status === status)
  return underWay.sort((a, b) => b.retries - a.retries || a.attemptAt.localeCompare(b.attemptAt))[0]
}

function at({ state, item }: StepItem, error: RecordedError): OperationError {
  return { ...error, step: state, ...(item !== undefined && { item }) }
}

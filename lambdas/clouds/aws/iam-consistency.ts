import { retryOnConflict } from '../../errors/attempts.ts'
import {
  AccessDenied,
  CloudUnavailable,
  ConcurrentChange,
  InvalidObject,
  NotYetConsistent,
  StepError,
  Unreachable,
} from '../../errors/step-errors.ts'

/**
 * The time after which a write to IAM counts as visible everywhere, in milliseconds. IAM documents that replication
 * takes time, and gives no limit:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 * The proof of a new role is retried for about as long (statemachine/retry-policies.yaml).
 */
const propagationMs = 2 * 60_000

/** The times (ISO 8601) at which an object or its tags, boundary or trust policy were written; undefined if unknown. */
export type WrittenAt = readonly (string | undefined)[]

/** Whether at least one of these writes may not be visible everywhere yet. */
export function isPropagating(writtenAt: WrittenAt, now = new Date()): boolean {
  return writtenAt.some((time) => time !== undefined && now.getTime() - Date.parse(time) < propagationMs)
}

/**
 * Awaits a call that the function's permissions allow only on objects with a certain tag, path or boundary. IAM may
 * deny such a call, even a read, while a write of the tag, path or boundary propagates. If a permission is really
 * missing, the first attempt after the propagation time reports it.
 *
 * @param writtenAt returns the times of the earlier writes, and is called only after a denial
 * @throws {NotYetConsistent} when IAM denies the call and an earlier write may not be visible yet
 * @throws {AccessDenied} when IAM denies the call, and all earlier writes are visible
 */
export function retryableWhilePropagating<Result>(
  call: Promise<Result>,
  writtenAt: () => WrittenAt | Promise<WrittenAt>,
): Promise<Result> {
  return retryable(call, (error) => error instanceof AccessDenied, writtenAt)
}

/**
 * Awaits a call that writes a trust policy. IAM answers MalformedPolicyDocument, "Invalid principal in policy", while
 * the principal is not visible yet.
 *
 * @param writtenAt returns the creation time of the principal, and is called only after a rejection
 * @throws {NotYetConsistent} when IAM does not know the principal, and the principal may not be visible yet
 */
export function retryableWhilePrincipalPropagates<Result>(
  call: Promise<Result>,
  writtenAt: () => WrittenAt,
): Promise<Result> {
  return retryable(call, isUnknownPrincipal, writtenAt)
}

function isUnknownPrincipal(error: StepError): boolean {
  return error instanceof InvalidObject && /invalid principal/i.test(error.reason)
}

async function retryable<Result>(
  call: Promise<Result>,
  isRefusal: (error: StepError) => boolean,
  writtenAt: () => WrittenAt | Promise<WrittenAt>,
): Promise<Result> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof StepError) || !isRefusal(error) || !isPropagating(await writtenAt())) throw error
    throw new NotYetConsistent({ object: error.object, reason: error.reason, action: error.action })
  }
}

/** Returns the error for an object that was created a moment ago, and that IAM does not return yet. */
export function notVisibleYet(object: string): NotYetConsistent {
  return new NotYetConsistent({
    object,
    reason: 'it was made less than two minutes ago, and IAM does not show it yet',
    action:
      'Do nothing unless this error recurs. If somebody has deleted the object, send the request again in two minutes',
  })
}

/** Whether AWS may have executed a failed write: the response was lost, or another write came first. */
function mayBeDone(error: unknown): boolean {
  const lost = [CloudUnavailable, Unreachable, ConcurrentChange]
  return !(error instanceof StepError) || lost.some((one) => error instanceof one)
}

/**
 * Awaits the creation of an object whose creation time is already in the record. If IAM rejects the creation, `forget`
 * removes the time from the record. With the time, a teardown would wait for an object that does not exist.
 */
export async function recordedUnlessRefused(creation: Promise<void>, forget: () => Promise<void>): Promise<void> {
  try {
    await creation
  } catch (error) {
    if (!mayBeDone(error)) await forget()
    throw error
  }
}

/**
 * Awaits calls on an object that may meanwhile disappear, or lose the tag on which the function's permissions depend.
 * The SDK resends a request whose response is lost, and another run may work on the same object. A denial may then mean
 * that the work is done.
 *
 * Returns the result of the calls, or undefined when IAM denied them and the work is done.
 *
 * @throws {AccessDenied} when IAM denies the calls and the work is not done
 */
export async function unlessDone<Result>(
  calls: Promise<Result>,
  isDone: () => Promise<boolean>,
): Promise<Result | undefined> {
  try {
    return await calls
  } catch (error) {
    if (!(error instanceof AccessDenied) || !(await isDone())) throw error
    return undefined
  }
}

/**
 * Reads and writes, and repeats both once after a concurrent change. While a change propagates, IAM may answer
 * EntityAlreadyExists after a read that found nothing, and NoSuchEntity after a create. A second read resolves both.
 *
 * @param readAndWrite gets the number of the round, 1 or 2
 * @throws {ConcurrentChange} when the second round also meets a concurrent change
 */
export function readingAgain<Result>(readAndWrite: (round: number) => Promise<Result>): Promise<Result> {
  return retryOnConflict(2, readAndWrite)
}

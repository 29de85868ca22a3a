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
 * Milliseconds for which a write to IAM counts as not yet visible everywhere. IAM documents that replication takes
 * time, and gives no limit:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 * The proof allows a new role the same time (statemachine/retry-policies.yaml).
 */
const propagationMs = 2 * 60_000

/** Times in ISO 8601 of writes: creation, tags, boundary or trust policy. Undefined where the time is not known. */
export type WrittenAt = readonly (string | undefined)[]

/** Whether one of these writes may not be visible everywhere yet. */
export function isPropagating(writtenAt: WrittenAt, now = new Date()): boolean {
  return writtenAt.some((time) => time !== undefined && now.getTime() - Date.parse(time) < propagationMs)
}

/**
 * Awaits a call that IAM allows only because of an earlier write: of the tag, path or boundary that the function's own
 * permissions require. IAM may deny the call, also a read, while any writer's change propagates. If a permission is
 * really missing, the first attempt after the propagation time reports it.
 *
 * @param writtenAt the times of the earlier writes. It is called only after a denial
 * @throws {NotYetConsistent} when IAM denies the call and an earlier write may not be visible yet
 * @throws {AccessDenied} when IAM denies the call otherwise
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
 * @param writtenAt the creation time of the principal. It is called only after a rejection
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

/** The error for an object that was created a moment ago and that IAM does not return yet. */
export function notVisibleYet(object: string): NotYetConsistent {
  return new NotYetConsistent({
    object,
    reason: 'it was made less than two minutes ago, and IAM does not show it yet',
    action: 'Do nothing unless it recurs; if somebody has deleted it, send the request again in two minutes',
  })
}

/** Whether AWS may have executed a failed write: the response was lost, or another write came first. */
function mayBeDone(error: unknown): boolean {
  const lost = [CloudUnavailable, Unreachable, ConcurrentChange]
  return !(error instanceof StepError) || lost.some((one) => error instanceof one)
}

/**
 * Awaits the creation of an object that is already recorded. If IAM rejects the creation, this removes the record, so
 * that a removal does not wait for the object to become visible.
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
 * Awaits calls on an object that may disappear meanwhile, or lose the tag by which IAM allows the calls. The SDK
 * resends a request whose response is lost, and another run may work on the same object. A denial may then mean that
 * the work is done.
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
 * Reads and writes, and does both once more after a concurrent change. IAM answers EntityAlreadyExists after an empty
 * read, and NoSuchEntity after a create. A second read resolves both.
 *
 * @param readAndWrite gets the number of the round, 1 or 2
 * @throws {ConcurrentChange} when the second round meets a concurrent change too
 */
export function readingAgain<Result>(readAndWrite: (round: number) => Promise<Result>): Promise<Result> {
  return retryOnConflict(2, readAndWrite)
}

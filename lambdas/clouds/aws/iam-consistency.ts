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
 * Milliseconds. For so long a write to IAM counts as not yet visible everywhere. "Changes that I make are not always
 * immediately visible" says that a change takes time to be replicated and cached, and gives no limit:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 * The proof allows a new role the same time (statemachine/retry-policies.yaml).
 */
const propagationMs = 2 * 60_000

/** Times of writes, in ISO 8601: when something was made, tagged, bounded or trusted. Undefined where that is not known. */
export type WrittenAt = readonly (string | undefined)[]

/** Whether a write of one of these times may not be visible everywhere yet. */
export function isPropagating(writtenAt: WrittenAt, now = new Date()): boolean {
  return writtenAt.some((time) => time !== undefined && now.getTime() - Date.parse(time) < propagationMs)
}

/**
 * Awaits a call that IAM allows only because of an earlier write: the tag, the path or the boundary that the function's
 * own permissions require. IAM may refuse the call, a read too, while that write is propagating, whoever made it: this
 * attempt, an earlier one, or another step. When a permission is really missing, the first attempt after that time
 * reports it.
 *
 * @param writtenAt when the earlier writes were made. It is asked only after a refusal
 * @throws {NotYetConsistent} when IAM refuses the call and an earlier write may not be visible yet
 * @throws {AccessDenied} when IAM refuses the call otherwise
 */
export function retryableWhilePropagating<Result>(
  call: Promise<Result>,
  writtenAt: () => WrittenAt | Promise<WrittenAt>,
): Promise<Result> {
  return retryable(call, (error) => error instanceof AccessDenied, writtenAt)
}

/**
 * Awaits a call that writes a trust policy. IAM answers MalformedPolicyDocument, "Invalid principal in policy", while it
 * does not know the principal yet.
 *
 * @param writtenAt when the principal was made. It is asked only after a refusal
 * @throws {NotYetConsistent} when IAM does not know the principal, and it may not be visible yet
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

/** The error for an object that was made a moment ago, and that IAM does not show yet. */
export function notVisibleYet(object: string): NotYetConsistent {
  return new NotYetConsistent({
    object,
    reason: 'it was made less than two minutes ago, and IAM does not show it yet',
    action: 'Nothing to do if it passes; if somebody has deleted it, send the request again in two minutes',
  })
}

/** Whether a write that has failed with this error may have been done: its answer was lost, or it was not the first to do it. */
function mayBeDone(error: unknown): boolean {
  const lost = [CloudUnavailable, Unreachable, ConcurrentChange]
  return !(error instanceof StepError) || lost.some((one) => error instanceof one)
}

/**
 * Awaits the creation of an object that is recorded already. An object that IAM has refused to make is forgotten, so that its removal does
 * not wait for IAM to show it.
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
 * Awaits calls on something that may disappear meanwhile: an object, or the tag by which IAM allows the calls. The SDK
 * sends a request again when the answer is lost, and another run may work on the same object. A refusal may then only
 * mean that the work was done before.
 *
 * Gives back the result of the calls, or undefined when IAM refused them and the work is done.
 *
 * @throws {AccessDenied} when IAM refuses the calls and the work is not done
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
 * Reads and writes, and does both once more when somebody else wrote meanwhile. IAM answers EntityAlreadyExists after
 * an empty read, and NoSuchEntity after a create. A second read cures both.
 *
 * @param readAndWrite gets the number of the round, 1 or 2
 * @throws {ConcurrentChange} when somebody else wrote meanwhile again
 */
export function readingAgain<Result>(readAndWrite: (round: number) => Promise<Result>): Promise<Result> {
  return retryOnConflict(2, readAndWrite)
}

import { againOnChange } from '../../errors/attempts.ts'
import { AccessDenied, NotSettled } from '../../errors/step-errors.ts'

/**
 * A write that IAM allows only because of another write a moment ago (the mark, the path or the boundary that the
 * function's own permissions ask for): a refusal then means that IAM does not know of the first one yet. Throws NotSettled
 * for it; a permission that is really missing comes out on the next attempt, when there is nothing left to wait for.
 */
export async function onceSettled(justWritten: boolean, write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (!justWritten || !(error instanceof AccessDenied)) throw error
    throw new NotSettled({ object: error.object, reason: error.reason, action: error.action })
  }
}

/**
 * Calls about something that may be taken away: the object, or the mark on it, by which IAM allows them. When an answer is lost
 * the SDK sends its request again, and another run may be at the same object: a refusal then says no more than that it was
 * done. Gives back what the calls give, undefined when it was done. Throws the refusal of what was not.
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
 * Does it, and once more when somebody else wrote in between: IAM answers EntityAlreadyExists after an empty read and
 * NoSuchEntity after a create, and reading again is the cure for both. A second ConcurrentChange goes to the caller.
 */
export function readingAgain<Result>(readAndWrite: () => Promise<Result>): Promise<Result> {
  return againOnChange(2, readAndWrite)
}

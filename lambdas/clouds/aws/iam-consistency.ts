import { retryOnConflict } from '../../errors/attempts.ts'
import { AccessDenied, NotYetConsistent } from '../../errors/step-errors.ts'

/**
 * Awaits a write that IAM allows only because of another write a moment ago: the tag, the path or the boundary that the
 * function's own permissions require. IAM may refuse the write while the first one is propagating. When a permission is
 * really missing, the next attempt reports it, because then nothing was just written.
 *
 * @throws {NotYetConsistent} when IAM refuses the write and `justWritten` is true
 * @throws {AccessDenied} when IAM refuses the write and `justWritten` is false
 */
export async function retryableWhilePropagating(justWritten: boolean, write: Promise<void>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (!justWritten || !(error instanceof AccessDenied)) throw error
    throw new NotYetConsistent({ object: error.object, reason: error.reason, action: error.action })
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
 * @throws {ConcurrentChange} when somebody else wrote meanwhile again
 */
export function readingAgain<Result>(readAndWrite: () => Promise<Result>): Promise<Result> {
  return retryOnConflict(2, readAndWrite)
}

import { AccessDenied } from '../../errors/step-errors.ts'

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

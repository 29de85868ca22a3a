import { AccessDenied } from '../../errors.ts'

/**
 * Writes that take away what IAM allows them by: the object, or the mark on it. When an answer is lost the SDK sends its request
 * again, and another run may be at the same object: a refusal then says no more than that it was done. Throws the refusal of
 * what was not.
 */
export async function unlessDone(write: Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (!(error instanceof AccessDenied) || !(await isDone())) throw error
  }
}

import { AccessDenied } from '../../errors.ts'

/**
 * A write that takes away what IAM allows it by: the object, or the mark on it. When its answer is lost the SDK sends it
 * again, and the refusal of that says no more than that it was done. Throws the refusal of what was not.
 */
export async function unlessDone(write: Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await write
  } catch (error) {
    if (!(error instanceof AccessDenied) || !(await isDone())) throw error
  }
}

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

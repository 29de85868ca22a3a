import { type RecordedOperation, readOperation } from '../../operations/record/operations.ts'
import type { ApiCall } from '../operation.ts'
import { ProblemError, problem } from '../problem.ts'

/** The format of an operation's ID. Other text is not looked up, because DynamoDB rejects keys that are too long. */
const idPattern = /^[\w-]{1,64}$/

/**
 * The operation in the path of a call.
 *
 * @throws {ProblemError} 404 when no such operation is recorded: it never existed, or it has expired
 */
export async function findOperation({ parameters: { operationId = '' } }: ApiCall): Promise<RecordedOperation> {
  const observed = idPattern.test(operationId) && (await readOperation(operationId))
  if (observed) return observed
  const detail =
    'No operation with this ID is recorded. It never existed, or it has expired: operations are deleted some time after their end'
  throw new ProblemError(problem('not-found', { detail }))
}

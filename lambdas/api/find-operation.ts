import { type RecordedOperation, readOperation } from '../operations/operations.ts'
import { type ApiCall, ProblemError } from './operation.ts'
import { problem } from './problem.ts'

/** Of an operation's id; what does not look like one is not asked for, since DynamoDB takes no key of any length. */
const idPattern = /^[\w-]{1,64}$/

/**
 * The operation that the path of a call names.
 *
 * @throws Refusal 404
 */
export async function findOperation({ parameters: { operationId = '' } }: ApiCall): Promise<RecordedOperation> {
  const observed = idPattern.test(operationId) && (await readOperation(operationId))
  if (observed) return observed
  throw new ProblemError(problem('not-found', { detail: 'There is no operation of this id' }))
}

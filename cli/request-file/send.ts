import { answerOf } from '../../client/answer.ts'
import { RefusedRequest } from '../api/answer.ts'
import { issueAt } from './issue-places.ts'
import type { RequestDocument } from './read.ts'

/**
 * The API's response to a request in a file.
 *
 * @throws {RefusedRequest} with each fault's position in the file
 */
export async function sent<Data>(
  document: RequestDocument,
  send: () => Parameters<typeof answerOf<Data>>[0],
): Promise<Data> {
  try {
    return await answerOf(send())
  } catch (error) {
    if (!(error instanceof RefusedRequest) || !error.problem.issues) throw error
    const places = error.problem.issues.map((issue) => issueAt(issue, document))
    throw new RefusedRequest(error.problem, [`${error.problem.title}:`, ...places])
  }
}

import { ProblemError } from '../../../client/answer.ts'

const mostTries = 3

/** Whether a retry may succeed after this number of failures. A rejection is final. */
export function isWorthAnotherTry(failures: number, error: unknown): boolean {
  return !isRefusal(error) && failures < mostTries
}

/** Whether the API reported that it did not act. Any other failure may have had an effect. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status < 500
}

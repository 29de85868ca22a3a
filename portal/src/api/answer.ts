import type { Problem } from './client.ts'

/** What openapi-fetch gives back for a request. */
interface Answered<Data> {
  readonly data?: Data
  readonly error?: unknown
  readonly response: Response
}

/** The API has refused the request, or has failed. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.title)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/**
 * What the API has answered.
 *
 * @throws {ProblemError} when it is no success
 * @throws {TypeError} when nothing answers
 */
export async function answerOf<Data>(answered: Promise<Answered<Data>>): Promise<Data> {
  const { data, error, response } = await answered
  if (response.ok && data !== undefined) return data
  if (isProblem(error)) throw new ProblemError(error)
  throw new ProblemError({ type: 'about:blank', title: `HTTP ${response.status}`, status: response.status })
}

function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'title' in error && 'status' in error
}

const mostTries = 3

/** Whether what has failed so often may succeed the next time: a refusal stays one. */
export function isWorthAnotherTry(failures: number, error: unknown): boolean {
  return !isRefusal(error) && failures < mostTries
}

/** Whether the API has answered that it did not do what it was asked for. Otherwise it may have done it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status < 500
}

import type { Problem } from './api.ts'

/** The result of openapi-fetch for a request. */
export interface Answered<Data> {
  readonly data?: Data
  readonly error?: unknown
  readonly response: Response
}

/** The API has rejected the request, or has failed. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.title)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/**
 * The data of the API's response.
 *
 * @throws {ProblemError} when the API reports no success
 * @throws {TypeError} when the API does not respond
 */
export async function answerOf<Data>(answered: Promise<Answered<Data>>): Promise<Data> {
  const { data, error, response } = await answered
  if (response.ok && data !== undefined) return data
  if (isProblem(error)) throw new ProblemError(error)
  throw new ProblemError({ type: 'about:blank', title: `HTTP ${response.status}`, status: response.status })
}

export function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'title' in error && 'status' in error
}

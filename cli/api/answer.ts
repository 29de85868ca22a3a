import { isProblem } from '../../client/answer.ts'
import type { Problem } from '../../client/api.ts'
import { ApiFailed, type ExitCode, exitCodes, Refused } from '../errors.ts'

/**
 * Throws the error of a response without success.
 *
 * @throws {RefusedRequest} when the API rejects the request
 * @throws {Refused} when API Gateway rejects the caller
 * @throws {ApiFailed} when the API fails
 */
export async function throwErrorOf(response: Response): Promise<never> {
  const error: unknown = await response.json().catch(() => undefined)
  if (isProblem(error) && response.status < 500) throw new RefusedRequest(error)
  if (response.status === 401 || response.status === 403) throw new Refused(callerRefused(response))
  const said = isProblem(error) ? wordsOf(error) : `it answered ${response.status}`
  throw new ApiFailed(`The API has failed: ${said}. Try again. If it fails again, read the logs of the deployment.`)
}

/** The authorizers of API Gateway reject a caller before the API gets the request. */
function callerRefused({ status, url }: Response): string {
  const { origin } = new URL(url)
  // IAM returns 403. Only a token authorizer returns 401.
  if (status === 401) return `${origin} requires a valid token, and has rejected yours. Sign in again: "wid login".`
  return `${origin} has refused the caller (${status}). The credentials may have expired, belong to another account, or lack the permission execute-api:Invoke. Sign in again, or name another profile with --profile.`
}

/** The API has rejected the request. The message lists every fault that the API found. */
export class RefusedRequest extends Refused {
  override readonly exitCode: ExitCode
  readonly problem: Problem

  /** @param lines by default the text of the problem */
  constructor(problem: Problem, lines = messageOf(problem)) {
    super(lines)
    this.problem = problem
    this.exitCode = problem.status === 412 ? exitCodes.stale : exitCodes.refused
  }
}

/** Whether the API has rejected the request with this HTTP status. */
export function isRefusal(error: unknown, status: number): error is RefusedRequest {
  return error instanceof RefusedRequest && error.problem.status === status
}

function messageOf(problem: Problem): string[] {
  const issues = (problem.issues ?? []).map(({ path, message }) => `  ${path || '(the request)'} ${message}`)
  const running = problem.instance === undefined ? [] : [`  see: wid watch ${problem.instance.split('/').at(-1)}`]
  return [wordsOf(problem), ...issues, ...running]
}

function wordsOf({ title, detail }: Problem): string {
  return detail === undefined ? title : `${title}: ${detail}`
}

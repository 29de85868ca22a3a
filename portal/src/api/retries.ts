import { ProblemError } from '../../../client/answer.ts'

const mostTries = 3

/** Whether a retry may succeed after this number of failures. A rejection is final. */
export function isWorthAnotherTry(failures: number, error: unknown): boolean {
  return !isRefusal(error) && failures < mostTries
}

/** Whether the API reported that it did not act. Any other failure may have had an effect. */
function isRefusal(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status < 500
}

/** Idempotency keys of pending requests. A repeated request has the same key. */
export class RequestKeys {
  readonly #awaited = new Map<string, string>()

  /** @param request the request, as a JSON value */
  keyOf(request: unknown): string {
    const text = JSON.stringify(request) ?? ''
    const key = this.#awaited.get(text) ?? crypto.randomUUID()
    this.#awaited.set(text, key)
    return key
  }

  /** Call when the response has arrived. The next equal request gets a new key. */
  answered(request: unknown): void {
    this.#awaited.delete(JSON.stringify(request) ?? '')
  }

  /**
   * After a rejection, the next equal request gets a new key. After any other failure, it keeps its key, because the
   * failed request may have started an operation.
   */
  failed(request: unknown, error: unknown): void {
    if (isRefusal(error)) this.answered(request)
  }
}

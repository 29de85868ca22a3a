import { isRefusal } from './answer.ts'

/** The idempotency keys of requests whose answers are awaited: the same request, sent once more, has the same key. */
export class RequestKeys {
  readonly #awaited = new Map<string, string>()

  /** @param request what is sent, as JSON can have it */
  keyOf(request: unknown): string {
    const text = JSON.stringify(request) ?? ''
    const key = this.#awaited.get(text) ?? crypto.randomUUID()
    this.#awaited.set(text, key)
    return key
  }

  /** The answer is here: the next such request is another one. */
  answered(request: unknown): void {
    this.#awaited.delete(JSON.stringify(request) ?? '')
  }

  /** The request may have started something, unless it was refused: it keeps its key then. */
  failed(request: unknown, error: unknown): void {
    if (isRefusal(error)) this.answered(request)
  }
}

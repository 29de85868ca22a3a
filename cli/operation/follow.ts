import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf } from '../api/answer.ts'
import type { ApiClient, Operation } from '../api/client.ts'
import { ApiFailed, Interrupted, TimedOut } from '../errors.ts'
import type { Watcher } from '../view/watcher.ts'

export interface FollowOptions {
  readonly watcher: Watcher
  /** Milliseconds between two looks. */
  readonly intervalMs: number
  /** Milliseconds; undefined to wait for as long as it takes. */
  readonly timeoutMs?: number | undefined
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** Milliseconds for which an API that does not answer is asked again. */
const patienceMs = 60_000

/**
 * Follows an operation to its end, and gives it back as it ended. An API that is away for a minute is waited for.
 *
 * @throws {TimedOut} when it has not ended in time
 * @throws {Interrupted} at Ctrl-C
 * @throws {ApiFailed} when the API does not answer any more
 */
export async function follow(api: ApiClient, operationId: string, options: FollowOptions): Promise<Operation> {
  const { watcher, intervalMs, timeoutMs = Number.POSITIVE_INFINITY, signal } = options
  const deadline = Date.now() + timeoutMs
  const look = patiently(() => readOperation(api, operationId))
  try {
    for (;;) {
      const operation = await look()
      if (operation) watcher.show(operation)
      if (operation?.endedAt !== undefined) return operation
      if (signal.aborted) throw new Interrupted(goesOn(operationId))
      if (Date.now() > deadline) throw new TimedOut(`It has not ended in time. ${goesOn(operationId)}`)
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    watcher.stop()
  }
}

/** Reads, and gives back undefined while the API is away. */
function patiently<Read>(read: () => Promise<Read>): () => Promise<Read | undefined> {
  let answeredAt = Date.now()
  return async () => {
    try {
      const answer = await read()
      answeredAt = Date.now()
      return answer
    } catch (error) {
      if (error instanceof ApiFailed && Date.now() - answeredAt < patienceMs) return undefined
      throw error
    }
  }
}

export function readOperation(api: ApiClient, operationId: string): Promise<Operation> {
  return answerOf(api.GET('/v1/operations/{operationId}', { params: { path: { operationId } } }))
}

function goesOn(operationId: string): string {
  return `The operation goes on. Watch it again with "wid watch ${operationId}", stop it with "wid cancel ${operationId}".`
}

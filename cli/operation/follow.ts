import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient, Operation } from '../../client/api.ts'
import { readOperation } from '../../client/reads.ts'
import { ApiFailed, Interrupted, TimedOut } from '../errors.ts'
import type { Watcher } from '../view/watchers.ts'

export interface FollowOptions {
  readonly watcher: Watcher
  readonly intervalMs: number
  /** Milliseconds. Undefined for no limit. */
  readonly timeoutMs?: number | undefined
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** Milliseconds for which reads of an unresponsive API are retried. */
const patienceMs = 60_000

/**
 * Follows an operation to its end, and returns its final state. It tolerates one minute without the API.
 *
 * @throws {TimedOut} when the operation has not ended in time
 * @throws {Interrupted} at Ctrl-C
 * @throws {ApiFailed} when the API no longer responds
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
      if (signal.aborted) throw new Interrupted(continues(operationId))
      if (Date.now() > deadline) throw new TimedOut(`The time of --timeout is over. ${continues(operationId)}`)
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    watcher.stop()
  }
}

/** A function that reads, and returns undefined while the API does not respond. */
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

function continues(operationId: string): string {
  return `The operation continues. Watch it again with "wid watch ${operationId}", or stop it with "wid cancel ${operationId}".`
}

import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf } from '../api/answer.ts'
import type { ApiClient, Operation } from '../api/client.ts'
import { Interrupted, TimedOut } from '../errors.ts'
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

/**
 * Follows an operation to its end, and gives it back as it ended.
 *
 * @throws {TimedOut} when it has not ended in time
 * @throws {Interrupted} at Ctrl-C
 */
export async function follow(api: ApiClient, operationId: string, options: FollowOptions): Promise<Operation> {
  const { watcher, intervalMs, timeoutMs = Number.POSITIVE_INFINITY, signal } = options
  const deadline = Date.now() + timeoutMs
  try {
    for (;;) {
      const operation = await readOperation(api, operationId)
      watcher.show(operation)
      if (operation.endedAt !== undefined) return operation
      if (signal.aborted) throw new Interrupted(goesOn(operationId))
      if (Date.now() > deadline) throw new TimedOut(`It has not ended in time. ${goesOn(operationId)}`)
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    watcher.stop()
  }
}

export function readOperation(api: ApiClient, operationId: string): Promise<Operation> {
  return answerOf(api.GET('/v1/operations/{operationId}', { params: { path: { operationId } } }))
}

function goesOn(operationId: string): string {
  return `The operation goes on. Watch it again with "wid watch ${operationId}", stop it with "wid cancel ${operationId}".`
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Times } from './configuration.ts'

/** Waits for this time, or until the signal aborts. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}

/**
 * The delay before the next try: exponential backoff with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param failures the failures in a row, at least 1
 */
export function backoffMs(failures: number, { retryMinMs, retryMaxMs }: Times, random = Math.random()): number {
  return random * Math.min(retryMaxMs, retryMinMs * 2 ** (failures - 1))
}

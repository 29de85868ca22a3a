import { setTimeout as sleep } from 'node:timers/promises'
import { displayName } from '../clouds/kubernetes/object.ts'
import type { Change } from '../report/change.ts'
import { realConfigurationRef } from './desired/configuration.ts'

/** Milliseconds. */
const heardOfMs = 3_000

/**
 * Waits until the API servers have heard of the webhook's configuration, if one of these changes is a write of it. API
 * servers learn of it by a watch, each a moment later. A webhook pod that sees its new certificate before that is not
 * trusted, and pods pass unmutated. That is rare and silent, so it is not left to chance.
 */
export async function untilHeardOf(changes: readonly Change[], signal: AbortSignal): Promise<void> {
  const isWritten = changes.some(
    ({ object, action }) => object === displayName(realConfigurationRef) && action !== 'unchanged',
  )
  if (isWritten) await sleep(heardOfMs, undefined, { signal })
}

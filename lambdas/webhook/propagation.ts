import { setTimeout as sleep } from 'node:timers/promises'
import { displayName } from '../clouds/kubernetes/object.ts'
import type { Change } from '../report/change.ts'
import { realConfigurationRef } from './desired/configuration.ts'

/** Milliseconds. */
const propagationMs = 3_000

/**
 * Waits three seconds if one of these changes writes the webhook's configuration. In that time, the API servers usually
 * receive it by their watches. Until then, an API server does not trust a webhook pod with a new certificate, and pods
 * pass unmutated. That is rare and silent.
 */
export async function waitForPropagation(changes: readonly Change[], signal: AbortSignal): Promise<void> {
  const isWritten = changes.some(
    ({ object, action }) => object === displayName(realConfigurationRef) && action !== 'unchanged',
  )
  if (isWritten) await sleep(propagationMs, undefined, { signal })
}

import { setTimeout as sleep } from 'node:timers/promises'
import { displayName } from '../clouds/kubernetes/object.ts'
import type { Change } from '../report/change.ts'
import { realConfigurationRef } from './desired/configuration.ts'

const propagationMs = 3_000

/**
 * Waits three seconds if one of these changes writes the webhook's configuration. In that time, the API servers usually
 * receive the configuration by their watches. An API server with the old configuration does not trust a webhook pod
 * with a new certificate, and silently admits pods unmutated.
 */
export async function waitForPropagation(changes: readonly Change[], signal: AbortSignal): Promise<void> {
  const isWritten = changes.some(
    ({ object, action }) => object === displayName(realConfigurationRef) && action !== 'unchanged',
  )
  if (isWritten) await sleep(propagationMs, undefined, { signal })
}

import * as z from 'zod/mini'
import { validity } from '../../operations/record/record.ts'
import { deploymentFields, type Webhook } from '../../spec/setup-request.ts'
import type { InstalledChoice } from './choose.ts'
import { replicas } from './names.ts'

/** Changes that only a setup would make. DeployWebhook's dry run passes them to the dry runs of later states. */
const pending = z.object({
  /** PEM of a temporary CA of the dry run. A setup would create another one. */
  newAuthority: z.exactOptional(z.string()),
  /**
   * Set if a setup would adopt the configuration. `final`: the adoption writes the desired configuration. `meanwhile`:
   * it writes an intermediate configuration, which a later state changes.
   */
  adoption: z.exactOptional(z.enum(['final', 'meanwhile'])),
})

/** The Deployment settings of a request, with the chosen image. */
export const deploymentSettings = z.object({ ...deploymentFields, image: z.string(), namespace: z.string() })

export const ownWebhook = z.extend(deploymentSettings, {
  mode: z.enum(['own-ca', 'csr']),
  replicas: z.number(),
  /** The validity of a certificate of this product (own-ca). Omitted in a dry run with pending writes. */
  certificate: z.exactOptional(validity),
  /** Set only in a dry run with pending writes. */
  pending: z.exactOptional(pending),
})

export const notInstalled = z.object({ mode: z.enum(['managed', 'none']) })

/** The webhook that DeployWebhook passes to later states. */
export const installed = z.discriminatedUnion('mode', [ownWebhook, notInstalled])

export type Pending = z.output<typeof pending>
export type InstalledWebhook = z.output<typeof installed>
export type OwnWebhook = z.output<typeof ownWebhook>

export function installedFor(webhook: Webhook, { mode, image }: InstalledChoice): OwnWebhook {
  return { ...deploymentSettings.parse({ ...webhook, image }), mode, replicas }
}

import * as z from 'zod/mini'
import { validity } from '../../operations/record/record.ts'
import { deploymentFields, type Webhook } from '../../spec/parts.ts'
import type { InstalledChoice } from './choose.ts'
import { replicas } from './names.ts'

/**
 * Changes of the webhook that only a setup would make. A dry run of DeployWebhook passes them to the dry runs of the
 * states after it.
 */
const pending = z.object({
  /**
   * PEM of an authority that the dry run itself made. It stands for the authority that a setup would make with a new
   * certificate.
   */
  newAuthority: z.exactOptional(z.string()),
  /**
   * Set when a setup would adopt a configuration that was made by hand: `final` when the adoption gives it its final
   * state, `meanwhile` when it changes once more.
   */
  adoption: z.exactOptional(z.enum(['final', 'meanwhile'])),
})

/** What a request sets of the Deployment, with the image that was chosen. */
export const deploymentSettings = z.object({ ...deploymentFields, image: z.string(), namespace: z.string() })

/** A webhook of ours. */
export const ownWebhook = z.extend(deploymentSettings, {
  mode: z.enum(['own-ca', 'csr']),
  replicas: z.number(),
  /** Of a certificate that we make. Left out in a dry run that would make another one. */
  certificate: z.exactOptional(validity),
  /** Only in a dry run that would write anything. */
  pending: z.exactOptional(pending),
})

export const notInstalled = z.object({ mode: z.enum(['managed', 'none']) })

/** The webhook as DeployWebhook gives it to the states after it. */
export const installed = z.discriminatedUnion('mode', [ownWebhook, notInstalled])

export type Pending = z.output<typeof pending>
export type Installed = z.output<typeof installed>
export type OwnWebhook = z.output<typeof ownWebhook>

/** The webhook that is installed for this request. */
export function installedFor(webhook: Webhook, { mode, image }: InstalledChoice): OwnWebhook {
  return { ...deploymentSettings.parse({ ...webhook, image }), mode, replicas }
}

import * as z from 'zod/mini'
import { validity } from '../../operations/record.ts'

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

/** A webhook of ours. */
export const ownWebhook = z.object({
  mode: z.enum(['own-ca', 'csr']),
  image: z.string(),
  namespace: z.string(),
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

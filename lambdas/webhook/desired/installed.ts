import * as z from 'zod/mini'

/** What of the webhook only a setup would do: told by a dry run of DeployWebhook to those of the states after it. */
const pending = z.object({
  /** PEM of the dry run's own, where an authority would be made with a new certificate: it stands for that one. */
  newAuthority: z.exactOptional(z.string()),
  /** A configuration made by hand would be taken over: into what it is to be, or into what is right meanwhile. */
  adoption: z.exactOptional(z.enum(['final', 'meanwhile'])),
})

/** A webhook of ours. */
export const ownWebhook = z.object({
  mode: z.enum(['own-ca', 'csr']),
  image: z.string(),
  namespace: z.string(),
  replicas: z.number(),
  /** In a dry run, when anything would be written. */
  pending: z.exactOptional(pending),
})

/** What DeployWebhook says it installed, as the states after it take it. */
export const installed = z.discriminatedUnion('mode', [ownWebhook, z.object({ mode: z.enum(['managed', 'none']) })])

export type Pending = z.output<typeof pending>
export type Installed = z.output<typeof installed>
export type OwnWebhook = z.output<typeof ownWebhook>

import type { ServingCertificate } from './certificate-manager.ts'
import type { WebhookFlags } from './flags.ts'
import type { WebhookImage } from './images.ts'

/** The process of a webhook container, for its node. */
export interface WebhookProcess {
  readonly flags: WebhookFlags
  readonly image: WebhookImage
  readonly startedAt: number
  /** The port on 127.0.0.1, which does not depend on the command line. */
  readonly port: number
  readonly hasCertificate: boolean
  /** Is also called when the mounted files have not changed. */
  useCertificate(certificate: ServingCertificate): void
  /** Returns the last output of an ended process, or undefined while it runs. */
  lastOutput(): Promise<string | undefined>
  /** Ends the process after it has answered the open requests. */
  shutDown(): Promise<void>
  close(): Promise<void>
}

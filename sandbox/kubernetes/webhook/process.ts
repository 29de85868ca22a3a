import type { ServingCertificate } from './certificate-manager.ts'
import type { WebhookFlags } from './flags.ts'
import type { WebhookImage } from './images.ts'

/** What runs for a container of the webhook, as its node sees it. */
export interface WebhookProcess {
  readonly flags: WebhookFlags
  readonly image: WebhookImage
  readonly startedAt: number
  /** Where it listens on 127.0.0.1, whatever its command line says. */
  readonly port: number
  readonly hasCertificate: boolean
  /** Called also when the mounted files have not changed. */
  useCertificate(certificate: ServingCertificate): void
  /** Its last output; undefined while it runs. */
  lastOutput(): Promise<string | undefined>
  /** Ends it when it has answered the open requests. */
  shutDown(): Promise<void>
  close(): Promise<void>
}

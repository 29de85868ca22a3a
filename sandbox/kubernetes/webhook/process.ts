import type { ServingCertificate } from './certificate-manager.ts'
import type { WebhookFlags } from './flags.ts'
import type { WebhookImage } from './images.ts'

/** What runs for a container of the webhook, as its node sees it. */
export interface WebhookProcess {
  readonly flags: WebhookFlags
  readonly image: WebhookImage
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Where it listens on 127.0.0.1, whatever its command line says. */
  readonly port: number
  readonly hasCertificate: boolean
  /** The mounted files have changed, or are the same. */
  useCertificate(certificate: ServingCertificate): void
  /** What it wrote at last; undefined while it runs. */
  lastWords(): Promise<string | undefined>
  /** Ends it when it has answered what is under way. */
  shutDown(): Promise<void>
  /** Ends it at once. */
  close(): Promise<void>
}

import type { ClusterStatus } from '../operations/record/record.ts'
import { type Installed, installed } from './desired/installed.ts'

/** The webhook that the record has of a cluster. */
export interface RecordedWebhook {
  readonly cluster: string
  readonly installed: Installed
}

/** The webhook of a cluster as setups left it; undefined when none has got as far as the webhook. */
export function webhookIn(status: ClusterStatus, name: string): RecordedWebhook | undefined {
  const webhook = installed.safeParse(status.webhook).data
  return webhook && { cluster: name, installed: webhook }
}

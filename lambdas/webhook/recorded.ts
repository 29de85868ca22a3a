import type { ClusterStatus } from '../operations/record/record.ts'
import { type InstalledWebhook, installed } from './desired/installed.ts'

export interface RecordedWebhook {
  readonly cluster: string
  readonly installed: InstalledWebhook
}

/** The webhook of a cluster as setups recorded it. Undefined if no setup has recorded a webhook. */
export function webhookIn(status: ClusterStatus, clusterName: string): RecordedWebhook | undefined {
  const webhook = installed.safeParse(status.webhook).data
  return webhook && { cluster: clusterName, installed: webhook }
}

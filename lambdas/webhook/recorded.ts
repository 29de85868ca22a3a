import { readClusterStatus } from '../operations/cluster-record.ts'
import { type Installed, installed } from './desired/installed.ts'

/** What the record has of the cluster. */
export interface RecordedWebhook {
  readonly cluster: string
  readonly installed: Installed
}

/** The webhook of a cluster as setups and upgrades have left it; undefined when none has come so far. */
export async function readWebhook(name: string): Promise<RecordedWebhook | undefined> {
  const webhook = installed.safeParse((await readClusterStatus(name))?.webhook).data
  return webhook && { cluster: name, installed: webhook }
}

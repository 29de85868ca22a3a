import * as z from 'zod/mini'
import { getItem, keys } from '../operations/table.ts'
import { type Installed, installed } from './desired/installed.ts'

/** What the record has of the cluster. */
export interface RecordedWebhook {
  readonly cluster: string
  readonly installed: Installed
}

const recordedWebhook = z.object({ is: z.object({ webhook: installed }) })

/** The webhook of a cluster as the newest setup or upgrade has left it; undefined when no setup has gone to its end. */
export async function readWebhook(name: string): Promise<RecordedWebhook | undefined> {
  const recorded = recordedWebhook.safeParse(await getItem(keys.cluster(name))).data?.is
  return recorded && { cluster: name, installed: recorded.webhook }
}

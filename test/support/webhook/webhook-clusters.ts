import { afterAll, beforeAll } from 'vitest'
import { startWebhookClusters, type WebhookClusters } from './webhook-setup.ts'

/** Clusters for the tests of a file that set up the webhook. Call it at the top of the file. */
export function webhookClusters(): Omit<WebhookClusters, 'end'> {
  let started: WebhookClusters
  beforeAll(async () => {
    started = await startWebhookClusters()
  })
  afterAll(() => started?.end())
  return {
    get clusters() {
      return started.clusters
    },
    get aws() {
      return started.aws
    },
    start: (options) => started.start(options),
    emulate: (options) => started.emulate(options),
  }
}

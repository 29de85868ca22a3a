import { recordWebhook } from '../operations/webhook-record.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { description } from './record-webhook.step.ts'

/** Records what the cluster's webhook is now, and what is requested of it from now on. */
export const run: StepRun<typeof description> = async (webhook, { cluster, operationId }) => {
  await recordWebhook(cluster, { spec: webhook.webhook, status: webhook.installed }, operationId)
  return { output: {}, changes: [] }
}

export const handler = step(description, run)

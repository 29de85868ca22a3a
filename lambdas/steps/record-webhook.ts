import * as z from 'zod/mini'
import { recordWebhook } from '../clouds/aws/cluster-record.ts'
import { requestParts } from '../domain/request.ts'
import { installed } from '../domain/webhook/installed.ts'
import { step } from '../middleware/step.ts'
import type { StepRun } from '../middleware/step-contract.ts'

export const input = z.object({ webhook: requestParts.webhook, installed })

/** Records what the cluster's webhook is now, and is asked to be from now on. */
export const run: StepRun<z.output<typeof input>, object> = async (webhook, { cluster }) => {
  await recordWebhook(cluster, { asked: webhook.webhook, is: webhook.installed })
  return { output: {}, changes: [] }
}

export const handler = step({ state: 'RecordWebhook', input, run })

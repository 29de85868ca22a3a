import * as z from 'zod/mini'
import { recordWebhook } from '../operations/cluster-record.ts'
import { requestParts } from '../spec/parts.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { installed } from './desired/installed.ts'

export const input = z.object({ webhook: requestParts.webhook, installed })

/** Records what the cluster's webhook is now, and is asked to be from now on. */
export const run: StepRun<z.output<typeof input>, object> = async (webhook, { cluster }) => {
  await recordWebhook(cluster, { asked: webhook.webhook, is: webhook.installed })
  return { output: {}, changes: [] }
}

export const handler = step({ state: 'RecordWebhook', input, run })

import * as z from 'zod/mini'
import { recordWebhook } from '../clouds/aws/cluster-record.ts'
import { endAsHolder } from '../clouds/aws/end-as-holder.ts'
import { requestParts } from '../domain/request.ts'
import { installed } from '../domain/webhook/installed.ts'
import { recordingStep } from '../middleware/step.ts'
import type { StepRun } from '../middleware/step-contract.ts'

export const input = z.object({ webhook: requestParts.webhook, installed })

/** Records what the cluster's webhook is now, and is asked to be from now on; ends the operation and releases the lock. */
export const run: StepRun<z.output<typeof input>, object> = async (webhook, { operationId, cluster }) => {
  const record = () => recordWebhook(cluster, { asked: webhook.webhook, is: webhook.installed })
  await endAsHolder({ operationId, cluster }, record)
  return { output: {}, changes: [] }
}

export const handler = recordingStep({ state: 'RecordUpgrade', input, run })

import * as z from 'zod/mini'
import { recordWhatIs } from '../clouds/aws/cluster-record.ts'
import { endAsHolder } from '../clouds/aws/end-as-holder.ts'
import { setupResult } from '../domain/record.ts'
import { recordingStep } from '../middleware/step.ts'
import type { StepRun } from '../middleware/step-contract.ts'

export const input = z.object({
  facts: setupResult.shape.facts,
  providerArn: setupResult.shape.providerArn,
  installed: setupResult.shape.webhook,
})

/** Records what the setup has come to, with its cluster and with its operation, which ends; releases the lock. */
export const run: StepRun<z.output<typeof input>, object> = async (
  { installed, ...rest },
  { operationId, cluster },
) => {
  const result = { ...rest, webhook: installed }
  await endAsHolder({ operationId, cluster }, () => recordWhatIs(cluster, operationId, result), result)
  return { output: {}, changes: [] }
}

export const handler = recordingStep({ state: 'RecordResult', input, run })

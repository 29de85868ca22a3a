import * as z from 'zod/mini'
import { recordWhatIs } from '../../operations/cluster-record.ts'
import { endAsHolder } from '../../operations/complete-if-held.ts'
import { setupResult } from '../../operations/record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { recordingStep } from '../../steps/step.ts'

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

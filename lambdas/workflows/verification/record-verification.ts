import * as z from 'zod/mini'
import { recordVerified } from '../../operations/cluster-record.ts'
import { endOperation } from '../../operations/operations.ts'
import { setupResult } from '../../operations/record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { recordingStep } from '../../steps/step.ts'

export const input = z.object({
  facts: setupResult.shape.facts,
  providerArn: setupResult.shape.providerArn,
  installed: setupResult.shape.webhook,
  /** Whether it was every workload of the cluster. */
  all: z.boolean(),
})

/** Ends the verification, and notes with the cluster when all of its workloads were last verified. */
export const run: StepRun<z.output<typeof input>, object> = async (
  { installed, all, ...rest },
  { operationId, cluster },
) => {
  if (all) await recordVerified(cluster)
  await endOperation({ operationId, cluster }, { status: 'succeeded', result: { ...rest, webhook: installed } })
  return { output: {}, changes: [] }
}

export const handler = recordingStep({ state: 'RecordVerification', input, run })

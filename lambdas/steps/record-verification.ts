import * as z from 'zod/mini'
import { recordVerified } from '../clouds/aws/cluster-record.ts'
import { endOperation } from '../clouds/aws/operations.ts'
import { setupResult } from '../domain/record.ts'
import { recordingStep } from '../middleware/step.ts'
import type { StepRun } from '../middleware/step-contract.ts'

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

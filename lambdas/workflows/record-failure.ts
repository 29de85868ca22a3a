import * as z from 'zod/mini'
import type { OperationError } from '../errors/recorded.ts'
import { failureOf } from '../operations/operation-end.ts'
import { endOperation, readOperation } from '../operations/operations.ts'
import type { StepRun } from '../steps/contract.ts'
import { recordingStep } from '../steps/step.ts'

/** What the workflow caught; what is worth knowing of it, the failed step has recorded itself if it could. */
export const input = z.object({ error: z.string(), cause: z.optional(z.string()) })

/** Records what failed, in which step, on which object and what to do, and releases the lock. Gives that back. */
export const run: StepRun<z.output<typeof input>, OperationError> = async (caught, { operationId }) => {
  const recorded = await readOperation(operationId)
  const cluster = recorded?.operation.cluster
  const error = failureOf(caught, cluster, recorded?.steps ?? [])
  await endOperation({ operationId, ...(cluster !== undefined && { cluster }) }, { status: 'failed', error })
  return { output: error, changes: [] }
}

export const handler = recordingStep({ state: 'RecordFailure', input, run })

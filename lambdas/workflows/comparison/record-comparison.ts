import type * as z from 'zod/mini'
import { allDone } from '../../errors/attempts.ts'
import { failureOf } from '../../operations/operation-end.ts'
import { endOperation, readOperation } from '../../operations/operations.ts'
import { recordFailed, recordStarted, type StepRef } from '../../operations/progress.ts'
import type { StepItem } from '../../operations/record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './record-comparison.step.ts'

type Input = z.output<typeof description.input>
type Failure = Input['failures'][number]

/**
 * Ends a plan or a drift. Its report is made from what the steps have recorded. A step cannot record its failure when
 * its function was killed or could not be called. This step records such a failure.
 */
export const run: StepRun<typeof description> = async ({ failures }, { operationId, cluster }) => {
  if (failures.length > 0) {
    const steps = (await readOperation(operationId))?.steps ?? []
    await allDone(failures.map((failure) => recordUnlessReported(failure, { operationId, cluster, steps })))
  }
  await endOperation({ operationId }, { status: 'succeeded' })
  return { output: {}, changes: [] }
}

export const handler = step(description, run)

async function recordUnlessReported(
  { state, item, ...caught }: Failure,
  recorded: { readonly operationId: string; readonly cluster: string; readonly steps: readonly StepItem[] },
): Promise<void> {
  const ref: StepRef = { operationId: recorded.operationId, state, item }
  const own = recorded.steps.filter((step) => step.state === state && step.item === item)
  if (own.some(({ status }) => status === 'failed')) return
  const at = new Date()
  if (own.length === 0) await recordStarted(ref, at)
  const { name, object, reason, action } = failureOf(caught, recorded.cluster, own)
  await recordFailed(ref, { name, object, reason, action }, at)
}

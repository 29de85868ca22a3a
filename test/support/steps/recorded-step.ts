import type { StepItem } from '../../../lambdas/operations/record/record.ts'

const at = '2026-11-25T12:00:00.000Z'

/** What a step has recorded; of all that is left out, what every step has. */
export function recordedStep(state: string, rest: Partial<StepItem> = {}): StepItem {
  return { state, status: 'succeeded', attempts: 1, retries: 0, startedAt: at, attemptAt: at, changes: [], ...rest }
}

import type { StepItem } from '../../../lambdas/operations/record/record.ts'

const at = '2026-11-25T12:00:00.000Z'

/** The record of a step, with defaults for all fields that `rest` does not have. */
export function recordedStep(state: string, rest: Partial<StepItem> = {}): StepItem {
  return { state, status: 'succeeded', attempts: 1, retries: 0, startedAt: at, attemptAt: at, changes: [], ...rest }
}

import type { StepContext } from '../../lambdas/steps/contract.ts'

/** What a step is told besides its input, for as long as `deadlineMs`. */
export function stepContext(cluster: string, deadlineMs = 20_000, dryRun = false): StepContext {
  return { operationId: 'o', cluster, dryRun, signal: AbortSignal.timeout(deadlineMs) }
}

import type { ClusterStatus } from '../../lambdas/operations/record.ts'
import type { StepContext } from '../../lambdas/steps/contract.ts'

/** What a step is told besides its input, for as long as `deadlineMs`. */
export function stepContext(
  cluster: string,
  deadlineMs = 20_000,
  dryRun = false,
  status: Partial<ClusterStatus> = {},
): StepContext {
  const recorded = { conditions: {}, ...status }
  return { operationId: 'o', cluster, dryRun, status: recorded, signal: AbortSignal.timeout(deadlineMs) }
}

import { publishMetric } from '../../metrics.ts'
import type { OperationItem, StepItem } from '../record/record.ts'

interface EndedOperation {
  readonly operation: OperationItem
  readonly steps: readonly StepItem[]
}

export function publishEnd({ operation, steps }: EndedOperation): void {
  const { operationId, kind, status, cluster, createdAt, endedAt } = operation
  if (endedAt === undefined) return
  const about = { operationId, cluster }
  const duration = Date.parse(endedAt) - Date.parse(createdAt)
  publishMetric('OperationDuration', duration, { dimensions: { kind, status }, about })
  const waited = longestWait(steps, endedAt)
  if (waited > 0) publishMetric('OperationWaiting', waited, { dimensions: { kind }, about })
}

/**
 * Returns the longest duration of a step that waited, in milliseconds, or 0 when no step waited. The duration of a step
 * that was still waiting lasts until the end of its operation.
 */
export function longestWait(
  steps: readonly Pick<StepItem, 'waiting' | 'startedAt' | 'endedAt'>[],
  operationEnd: string,
): number {
  const waits = steps
    .filter(({ waiting }) => waiting !== undefined)
    .map(({ startedAt, endedAt = operationEnd }) => Date.parse(endedAt) - Date.parse(startedAt))
  return Math.max(0, ...waits)
}

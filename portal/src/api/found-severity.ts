import type { DriftResult, Operation } from './client.ts'

/** How severe the worst is that a drift report has found; undefined of one that has found nothing, and of any other operation. */
export function foundSeverity({ result }: Pick<Operation, 'result'>): DriftResult['summary']['severity'] {
  return result !== undefined && 'missing' in result ? result.summary.severity : undefined
}

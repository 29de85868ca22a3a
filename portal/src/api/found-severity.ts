import type { DriftResult, Operation } from './client.ts'

/** The highest severity in a drift report. Undefined without differences, and for any other operation. */
export function foundSeverity({ result }: Pick<Operation, 'result'>): DriftResult['summary']['severity'] {
  return result !== undefined && 'missing' in result ? result.summary.severity : undefined
}

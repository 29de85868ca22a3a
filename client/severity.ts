import type { DriftResult, Operation } from './api.ts'

type Severity = DriftResult['changed'][number]['severity']

const order: readonly Severity[] = ['security', 'function', 'cosmetic']

export function worstFirst<Found extends { readonly severity: Severity }>(all: readonly Found[]): Found[] {
  return all.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity))
}

/** Whether everything was compared without differences. Additions by others are not differences. */
export function isInSync({ differences, unreachable, problems }: DriftResult['summary']): boolean {
  return differences + unreachable + problems === 0
}

/** The highest severity that a drift has found. Undefined without differences, and for an operation of another kind. */
export function foundSeverity({ result }: Pick<Operation, 'result'>): DriftResult['summary']['severity'] {
  return result !== undefined && 'missing' in result ? result.summary.severity : undefined
}

import type { DriftResult } from '../../../api/client.ts'

type Difference = DriftResult['changed'][number]

export interface FoundDifference extends Difference {
  readonly found: 'missing' | 'changed' | 'added'
}

const order: readonly Difference['severity'][] = ['security', 'function', 'cosmetic']

/** The differences that a setup would repair, by severity, then missing objects, then fields grouped by object. */
export function differencesByObject({ missing, changed }: Pick<DriftResult, 'missing' | 'changed'>): FoundDifference[] {
  const byObject = Map.groupBy(changed, ({ object }) => object)
  const all = [
    ...missing.map((one) => ({ ...one, found: 'missing' as const })),
    ...[...byObject.values()].flat().map((one) => ({ ...one, found: 'changed' as const })),
  ]
  return all.toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity))
}

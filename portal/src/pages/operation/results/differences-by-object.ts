import type { DriftResult } from '../../../../../client/api.ts'
import { worstFirst } from '../../../../../client/severity.ts'

type Difference = DriftResult['changed'][number]

export interface FoundDifference extends Difference {
  readonly found: 'missing' | 'changed' | 'added'
}

/** The differences that a setup would repair, by severity, then missing objects, then fields grouped by object. */
export function differencesByObject({ missing, changed }: Pick<DriftResult, 'missing' | 'changed'>): FoundDifference[] {
  const byObject = Map.groupBy(changed, ({ object }) => object)
  return worstFirst([
    ...missing.map((one) => ({ ...one, found: 'missing' as const })),
    ...[...byObject.values()].flat().map((one) => ({ ...one, found: 'changed' as const })),
  ])
}

import type { DriftResult } from '../../../api/client.ts'

type Difference = DriftResult['changed'][number]

export interface FoundDifference extends Difference {
  /** What is missing keeps pods from their role; what is changed may. What others have added does not. */
  readonly severity: 'missing' | 'changed' | 'added'
}

/** What a setup would mend: missing objects first, then fields, those of one object one after the other. */
export function differencesByObject({ missing, changed }: Pick<DriftResult, 'missing' | 'changed'>): FoundDifference[] {
  const byObject = Map.groupBy(changed, ({ object }) => object)
  return [
    ...missing.map(({ object }) => ({ object, severity: 'missing' as const })),
    ...[...byObject.values()].flat().map((one) => ({ ...one, severity: 'changed' as const })),
  ]
}

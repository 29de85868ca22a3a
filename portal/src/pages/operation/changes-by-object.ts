import type { Change, Step } from '../../api/client.ts'
import { stepName } from './step-name.ts'

export interface ChangeOfStep extends Change {
  readonly step: string
}

/** The changes of all steps; those of one object follow each other, in the order in which the objects were touched first. */
export function changesByObject(steps: readonly Step[]): ChangeOfStep[] {
  const all = steps.flatMap((step) => step.changes.map((change) => ({ ...change, step: stepName(step) })))
  return [...Map.groupBy(all, ({ object }) => object).values()].flat()
}

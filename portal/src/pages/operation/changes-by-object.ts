import type { Change, Operation } from '../../api/client.ts'
import { stepName } from './step-name.ts'

export interface ChangeOfStep extends Change {
  readonly step: string
}

/** The changes of all steps; those of one object follow each other, in the order in which the objects were touched first. */
export function changesByObject({ steps, result }: Pick<Operation, 'steps' | 'result'>): ChangeOfStep[] {
  const ofSteps = steps.flatMap((step) => step.changes.map((change) => ({ ...change, step: stepName(step) })))
  const all = result && 'writes' in result ? withWrites(ofSteps, result.writes) : ofSteps
  return [...Map.groupBy(all, ({ object }) => object).values()].flat()
}

type Write = Extract<Operation['result'], { writes: unknown }>['writes'][number]

/**
 * A plan says what would be written. Its steps say it more than once where several find the same object, and have what would
 * be created in full.
 */
function withWrites(ofSteps: readonly ChangeOfStep[], writes: readonly Write[]): ChangeOfStep[] {
  const written = writes.map(({ step, item, ...write }) => {
    const name = stepName({ state: step, ...(item !== undefined && { item }) })
    const made = ofSteps.find(({ object, step: own }) => object === write.object && own === name)?.made
    return { ...write, step: name, ...(made && { made }) }
  })
  return [...written, ...ofSteps.filter(({ action }) => action === 'unchanged')]
}

import type { Change, Operation } from '../../../../client/api.ts'
import { stepName } from '../../../../client/operation.ts'

export interface ChangeOfStep extends Change {
  readonly step: string
}

/** The changes of all steps, grouped by object. Objects are in the order of their first change. */
export function changesByObject({ steps, result }: Pick<Operation, 'steps' | 'result'>): ChangeOfStep[] {
  const ofSteps = steps.flatMap((step) => step.changes.map((change) => ({ ...change, step: stepName(step) })))
  const all = result && 'writes' in result ? withWrites(ofSteps, result.writes) : ofSteps
  return [...Map.groupBy(all, ({ object }) => object).values()].flat()
}

type Write = Extract<Operation['result'], { writes: unknown }>['writes'][number]

/**
 * Uses the plan's writes instead of the changes of its steps, which repeat an object that several steps read. Only the
 * steps contain the complete objects to create.
 */
function withWrites(ofSteps: readonly ChangeOfStep[], writes: readonly Write[]): ChangeOfStep[] {
  const written = writes.map(({ step, item, ...write }) => {
    const name = stepName({ state: step, ...(item !== undefined && { item }) })
    const made = ofSteps.find(({ object, step: own }) => object === write.object && own === name)?.made
    return { ...write, step: name, ...(made && { made }) }
  })
  return [...written, ...ofSteps.filter(({ action }) => action === 'unchanged')]
}

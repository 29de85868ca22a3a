import type { Change, DriftResult, Operation, Step } from '../../../../client/api.ts'
import { stepName } from '../../../../client/operation.ts'
import { worstFirst } from '../../../../client/severity.ts'

interface ChangeOfStep extends Change {
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
 * The plan's writes, and the unchanged objects of the steps. The other changes of the steps are omitted, because
 * several steps may report the same object. A write does not contain the complete new object (`made`), so its step
 * provides the object.
 */
function withWrites(ofSteps: readonly ChangeOfStep[], writes: readonly Write[]): ChangeOfStep[] {
  const written = writes.map(({ step, item, ...write }) => {
    const name = stepName({ state: step, ...(item !== undefined && { item }) })
    const made = ofSteps.find(({ object, step: own }) => object === write.object && own === name)?.made
    return { ...write, step: name, ...(made && { made }) }
  })
  return [...written, ...ofSteps.filter(({ action }) => action === 'unchanged')]
}

type Difference = DriftResult['changed'][number]

export interface FoundDifference extends Difference {
  readonly found: 'missing' | 'changed' | 'added'
}

/** The differences that a setup would repair, by severity. In each severity, missing objects precede changed fields. */
export function differencesByObject({ missing, changed }: Pick<DriftResult, 'missing' | 'changed'>): FoundDifference[] {
  const byObject = Map.groupBy(changed, ({ object }) => object)
  return worstFirst([
    ...missing.map((one) => ({ ...one, found: 'missing' as const })),
    ...[...byObject.values()].flat().map((one) => ({ ...one, found: 'changed' as const })),
  ])
}

/** Whether everything was compared, and nothing differs. */
export function isInSync({ missing, changed, unreachable, problems }: DriftResult): boolean {
  return missing.length + changed.length + unreachable.length + problems.length === 0
}

/** The objects that a teardown has deleted or would delete. Two workloads may report the same shared object. */
export function removedObjects(steps: readonly Step[]): string[] {
  const all = steps.flatMap(({ changes }) => changes.filter(({ action }) => action === 'deleted'))
  return [...new Set(all.map(({ object }) => object))]
}

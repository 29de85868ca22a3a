import type { Step } from '../../../../../client/api.ts'

/** The objects that a teardown has deleted or would delete. Two workloads may report the same shared object. */
export function removedObjects(steps: readonly Step[]): string[] {
  const all = steps.flatMap(({ changes }) => changes.filter(({ action }) => action === 'deleted'))
  return [...new Set(all.map(({ object }) => object))]
}

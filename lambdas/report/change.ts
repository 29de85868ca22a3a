import type { StepItem } from '../operations/record.ts'

/** One change for each object: a step that was polled or tried again has first made it and then found it unchanged. */
export function mergedChanges(changes: StepItem['changes']): StepItem['changes'] {
  const byObject = new Map<string, StepItem['changes'][number]>()
  for (const made of changes) {
    const before = byObject.get(made.object)
    if (!before || made.action !== 'unchanged') byObject.set(made.object, before?.action === 'created' ? before : made)
  }
  return [...byObject.values()]
}

import * as z from 'zod/mini'
import { recordedError } from '../errors/recorded.ts'
import { difference } from './difference.ts'

/** The change of one object by a step, or in a dry run the change that it would make. */
export const change = z.object({
  object: z.string().check(z.describe('An ARN, a URL, or Kind namespace/name')),
  action: z.enum(['created', 'updated', 'unchanged', 'adopted', 'deleted']),
  /** The differences, or other information, for example that a foreign policy stays. */
  detail: z.exactOptional(z.string()),
  differences: z.exactOptional(z.array(difference).check(z.describe('In a dry run, field by field'))),
  additions: z.exactOptional(z.array(difference).check(z.describe('In a dry run, what others have added and is left'))),
  made: z.exactOptional(
    z
      .record(z.string(), z.unknown())
      .check(
        z.describe(
          'In a dry run, what would be created: the manifest of a Kubernetes object, never of a Secret; of a role its trust policy',
        ),
      ),
  ),
  /** With `refused`, `action` is the action without the refusal. */
  refused: z.exactOptional(recordedError.check(z.describe('In a dry run, the error that writing it would end in'))),
  temporary: z.exactOptional(
    z.literal(true).check(z.describe('In a dry run: it is removed again at the end, or a rotation does it, too')),
  ),
})

export type Change = z.output<typeof change>

/**
 * One change for each object: its creation, or else its last change. A polled or retried step first creates the object
 * and later finds it unchanged.
 */
export function mergedChanges(changes: readonly Change[]): Change[] {
  const byObject = new Map<string, Change>()
  for (const each of changes) {
    const before = byObject.get(each.object)
    if (!before || each.action !== 'unchanged') byObject.set(each.object, before?.action === 'created' ? before : each)
  }
  return [...byObject.values()]
}

/** The change of a dry run, with a detail that says that it was not made. */
export function inWords(planned: Change): Change {
  if (planned.action === 'unchanged') return planned
  const would = `would be ${planned.action}`
  return { ...planned, detail: planned.detail === undefined ? would : `${would}: ${planned.detail}` }
}

import * as z from 'zod/mini'
import { recordedError } from '../errors/recorded.ts'
import { difference } from './difference.ts'

/** What a step did to one object; in a dry run, what it would do. */
export const change = z.object({
  object: z.string().check(z.describe('An ARN, a URL, or Kind namespace/name')),
  action: z.enum(['created', 'updated', 'unchanged', 'adopted', 'deleted']),
  /** What differed or what the reader should know, for example a foreign policy that was left in place. */
  detail: z.exactOptional(z.string()),
  differences: z.exactOptional(z.array(difference).check(z.describe('In a dry run, field by field'))),
  additions: z.exactOptional(z.array(difference).check(z.describe('In a dry run, what others have added and is left'))),
  /** `action` is what would be done if it might be. */
  refused: z.exactOptional(recordedError.check(z.describe('In a dry run, the error that writing it would end in'))),
  temporary: z.exactOptional(z.literal(true).check(z.describe('In a dry run: it is taken away again in the end'))),
})

export type Change = z.output<typeof change>

/** One change for each object: a step that was polled or tried again has first made it and then found it unchanged. */
export function mergedChanges(changes: readonly Change[]): Change[] {
  const byObject = new Map<string, Change>()
  for (const made of changes) {
    const before = byObject.get(made.object)
    if (!before || made.action !== 'unchanged') byObject.set(made.object, before?.action === 'created' ? before : made)
  }
  return [...byObject.values()]
}

/** How the API shows conditions: as a list. The record keeps them by their type. */
import * as z from 'zod/mini'
import { type Condition, condition } from '../../operations/record/record.ts'
import { waitingReason } from '../../steps/condition.ts'

export const conditionsOf = (types: readonly [string, ...string[]]) =>
  z
    .array(z.extend(condition, { type: z.enum(types) }))
    .check(z.describe('As Kubernetes has them: each says whether one thing is as it should be'))

export function listed<Type extends string>(conditions: Readonly<Partial<Record<Type, Condition>>>) {
  const entries = Object.entries<Condition | undefined>(conditions)
  return entries.flatMap(([type, one]) => (one ? [{ type, ...one }] : []))
}

/**
 * Conditions of what no operation changes now. A step that waited when its operation was cancelled has no successor that would say
 * that nothing waits any more.
 */
export function withoutWaiting<Shown extends Condition>(
  conditions: readonly Shown[],
  lastOperationId: string,
): Shown[] {
  return conditions.map((one) => {
    if (one.reason !== waitingReason) return one
    const message = `nothing waits any more: "wid watch ${lastOperationId}" says how the last operation ended. It waited for: ${one.message}`
    return { ...one, reason: 'Stopped', message }
  })
}

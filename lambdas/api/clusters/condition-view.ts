/** The API shows conditions as a list. The record stores them by type. */
import * as z from 'zod/mini'
import { type Condition, condition } from '../../operations/record/record.ts'
import { waitingReason } from '../../steps/condition.ts'

export const conditionsOf = (types: readonly [string, ...string[]]) =>
  z
    .array(z.extend(condition, { type: z.enum(types) }))
    .check(z.describe('Facts about the cluster or the workload, in the form of Kubernetes conditions'))

export function listed<Type extends string>(conditions: Readonly<Partial<Record<Type, Condition>>>) {
  const entries = Object.entries<Condition | undefined>(conditions)
  return entries.flatMap(([type, one]) => (one ? [{ type, ...one }] : []))
}

/**
 * Replaces waiting conditions. Call it only for a cluster or workload that no operation is changing. Such a condition
 * remains when an operation is cancelled while one of its steps waits.
 */
export function withoutWaiting<Shown extends Condition>(
  conditions: readonly Shown[],
  lastOperationId: string,
): Shown[] {
  return conditions.map((one) => {
    if (one.reason !== waitingReason) return one
    const message = `no operation waits for this now. "wid watch ${lastOperationId}" shows how the last operation ended. The last reason to wait: ${one.message}`
    return { ...one, reason: 'Stopped', message }
  })
}

/** How the API shows conditions: as a list. The record keeps them by their type. */
import * as z from 'zod/mini'
import { type Condition, condition } from '../operations/record.ts'

export const conditionsOf = (types: readonly [string, ...string[]]) =>
  z
    .array(z.extend(condition, { type: z.enum(types) }))
    .check(z.describe('As Kubernetes has them: each says whether one thing is as it should be'))

export function listed<Type extends string>(conditions: Readonly<Partial<Record<Type, Condition>>>) {
  const entries = Object.entries<Condition | undefined>(conditions)
  return entries.flatMap(([type, one]) => (one ? [{ type, ...one }] : []))
}

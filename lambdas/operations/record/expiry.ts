/** The expiry of operations. lambdas/operations/record/set-expiry.ts records it. */
import { changingKinds } from './kinds.ts'
import type { OperationItem } from './record.ts'

/** Days for which an operation is stored after its end. */
export interface OperationDays {
  /** Dry runs and verifications. */
  readonly looks: number
  /** All other operations. */
  readonly changes: number
}

/** Days for which an idempotency key is stored. Its operation is stored at least as long. */
export const keyDays = 7

export const secondsOfDay = 24 * 3600

/** Returns the expiry in seconds since 1970, or undefined for an operation that has not ended. */
export function expiryOf(
  { kind, dryRun, endedAt }: Pick<OperationItem, 'kind' | 'dryRun' | 'endedAt'>,
  days: OperationDays,
): number | undefined {
  if (endedAt === undefined) return undefined
  const changes = dryRun !== true && changingKinds.some((changing) => changing === kind)
  return Math.floor(Date.parse(endedAt) / 1000) + days[changes ? 'changes' : 'looks'] * secondsOfDay
}

/**
 * Whether to treat an item as deleted. DynamoDB deletes it within a few days of its expiry:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
 */
export function isExpired({ expiresAt }: Readonly<Record<string, unknown>>, now: Date): boolean {
  return typeof expiresAt === 'number' && expiresAt * 1000 <= now.getTime()
}

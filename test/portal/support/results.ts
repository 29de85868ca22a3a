import type { DriftResult, PlanResult } from '../../../client/api.ts'

/** The result of a plan without changes, with some fields replaced. */
export function planWith(fields: Partial<PlanResult> = {}): PlanResult {
  const none = { created: 0, updated: 0, adopted: 0, deleted: 0, unchanged: 0, temporary: 0, unknown: 0, problems: 0 }
  return { outcome: 'unchanged', writes: [], unknown: [], additions: [], problems: [], summary: none, ...fields }
}

/** The result of a drift with this number of changed fields. */
export function driftWith(count: number): DriftResult {
  const severity = 'security' as const
  const changed = Array.from({ length: count }, (_, index) => ({ object: `Secret ${index}`, field: 'data', severity }))
  const none = { missing: 0, additions: 0, unreachable: 0, problems: 0 }
  const summary = { ...none, differences: count, changed: count }
  return { missing: [], changed, additions: [], unreachable: [], problems: [], summary }
}

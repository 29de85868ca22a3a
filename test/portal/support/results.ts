import type { DriftResult, PlanResult } from '../../../client/api.ts'

/** The result of a plan that has found nothing to do, with some of its fields set otherwise. */
export function planWith(fields: Partial<PlanResult> = {}): PlanResult {
  const none = { created: 0, updated: 0, adopted: 0, deleted: 0, unchanged: 0, temporary: 0, unknown: 0, problems: 0 }
  return { outcome: 'unchanged', writes: [], unknown: [], additions: [], problems: [], summary: none, ...fields }
}

/** The result of a drift report with this number of changed fields. */
export function driftWith(count: number): DriftResult {
  const severity = 'security' as const
  const changed = Array.from({ length: count }, (_, index) => ({ object: `Secret ${index}`, field: 'data', severity }))
  const none = { missing: 0, additions: 0, unreachable: 0, problems: 0 }
  const summary = { ...none, differences: count, changed: count }
  return { missing: [], changed, additions: [], unreachable: [], problems: [], summary }
}

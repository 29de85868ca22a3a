import type { Operation } from '../api/client.ts'

/** Whether its name says so. That a plan and a drift change nothing is known. */
export function isNamedDryRun({ kind, dryRun }: Pick<Operation, 'kind' | 'dryRun'>): boolean {
  return dryRun === true && kind !== 'plan' && kind !== 'drift'
}

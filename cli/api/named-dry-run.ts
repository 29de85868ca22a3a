import type { components } from './types.ts'

/** Whether the name of an operation should mention the dry run. A plan and a drift are always dry runs. */
export function isNamedDryRun({
  kind,
  dryRun,
}: Pick<components['schemas']['OperationSummary'], 'kind' | 'dryRun'>): boolean {
  return dryRun === true && kind !== 'plan' && kind !== 'drift'
}

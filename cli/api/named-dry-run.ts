import type { components } from './types.ts'

/** Whether the name of an operation says that it is a dry run. A plan and a drift are nothing else. */
export function isNamedDryRun({
  kind,
  dryRun,
}: Pick<components['schemas']['OperationSummary'], 'kind' | 'dryRun'>): boolean {
  return dryRun === true && kind !== 'plan' && kind !== 'drift'
}

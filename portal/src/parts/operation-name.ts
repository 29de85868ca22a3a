import { removedWorkload } from '../../../cli/api/removed-workload.ts'
import type { OperationSummary } from '../api/client.ts'
import type { Texts } from '../texts/en.ts'

/** What an operation does: "Setup", "Removal of default/s3-reader (Dry run)". */
export function operationName(operation: Pick<OperationSummary, 'kind' | 'workload' | 'dryRun'>, texts: Texts): string {
  const removed = removedWorkload(operation)
  const what = removed === undefined ? texts.kinds[operation.kind] : texts.removalOf(removed)
  // That a plan and a drift change nothing is known.
  const isNamed = operation.dryRun === true && operation.kind !== 'plan' && operation.kind !== 'drift'
  return isNamed ? `${what} (${texts.dryRun})` : what
}

import { isNamedDryRun } from '../../../cli/api/named-dry-run.ts'
import { removedWorkload } from '../../../cli/api/removed-workload.ts'
import type { OperationSummary } from '../api/client.ts'
import type { Texts } from '../texts/en.ts'

/** The name of an operation: "Setup", "Removal of default/s3-reader (Dry run)". */
export function operationName(operation: Pick<OperationSummary, 'kind' | 'workload' | 'dryRun'>, texts: Texts): string {
  const removed = removedWorkload(operation)
  const what = removed === undefined ? texts.kinds[operation.kind] : texts.removalOf(removed)
  return isNamedDryRun(operation) ? `${what} (${texts.dryRun})` : what
}

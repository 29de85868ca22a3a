import type { Operation, OperationSummary } from '../../../client/api.ts'
import { isNamedDryRun, removedWorkload } from '../../../client/operation.ts'
import type { Texts } from '../texts/en.ts'

/** The name of an operation: "Setup", "Removal of default/s3-reader (Dry run)". */
export function operationName(operation: Pick<OperationSummary, 'kind' | 'workload' | 'dryRun'>, texts: Texts): string {
  const removed = removedWorkload(operation)
  const what = removed === undefined ? texts.kinds[operation.kind] : texts.removalOf(removed)
  return isNamedDryRun(operation) ? `${what} (${texts.dryRun})` : what
}

/** The operation and its cluster: "Setup: prod-eu", "Removal of default/s3-reader (Dry run): prod-eu". */
export function titleOf(operation: Pick<Operation, 'kind' | 'cluster' | 'dryRun' | 'workload'>, texts: Texts): string {
  return `${operationName(operation, texts)}: ${operation.cluster ?? texts.allClusters}`
}

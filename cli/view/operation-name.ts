import type { OperationSummary } from '../../client/api.ts'
import { isNamedDryRun, removedWorkload } from '../../client/operation.ts'

/** The name of an operation: "setup", "removal of default/s3-reader (dry run)". */
export function operationName(operation: Pick<OperationSummary, 'kind' | 'workload' | 'dryRun'>): string {
  const removed = removedWorkload(operation)
  const what = removed === undefined ? operation.kind : `removal of ${removed}`
  return isNamedDryRun(operation) ? `${what} (dry run)` : what
}

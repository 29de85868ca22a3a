import type { Operation } from '../../../../client/api.ts'
import { operationName } from '../../parts/operation-name.ts'
import type { Texts } from '../../texts/en.ts'

/** The operation and its cluster: "Setup: prod-eu", "Removal of default/s3-reader (Dry run): prod-eu". */
export function titleOf(operation: Pick<Operation, 'kind' | 'cluster' | 'dryRun' | 'workload'>, texts: Texts): string {
  return `${operationName(operation, texts)}: ${operation.cluster ?? texts.allClusters}`
}

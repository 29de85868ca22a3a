import type { Operation } from '../../api/client.ts'
import { recordedTeardown } from '../../api/recorded-requests.ts'
import { isNamedDryRun } from '../../parts/dry-run.ts'
import { subjectOf } from '../../parts/teardown-subject.ts'
import type { Texts } from '../../texts/en.ts'

/** What the operation is, and of what: "Setup: prod-eu", "Removal of default/s3-reader from prod-eu (Dry run)". */
export function titleOf(operation: Pick<Operation, 'kind' | 'cluster' | 'dryRun' | 'request'>, texts: Texts): string {
  const { kind, cluster } = operation
  const suffix = isNamedDryRun(operation) ? ` (${texts.dryRun})` : ''
  const removed = cluster !== undefined && kind === 'teardown' ? recordedTeardown(cluster, operation) : undefined
  if (removed?.workload) return `${texts.removalOf(subjectOf(removed), removed.cluster)}${suffix}`
  return `${texts.kinds[kind]}${suffix}: ${cluster ?? texts.allClusters}`
}

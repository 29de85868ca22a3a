import type { RecordedCluster } from '../operations/cluster-record.ts'
import type { WorkloadItem } from '../operations/record.ts'
import type { WorkloadRef } from '../ownership/ownership.ts'
import { didYouMean } from './find-cluster.ts'
import { Refusal } from './operation.ts'
import { problem } from './problem.ts'

/**
 * The workload of that name.
 *
 * @throws Refusal 404 with the nearest name
 */
export function findWorkload({ workloads }: RecordedCluster, wanted: WorkloadRef): WorkloadItem {
  const found = workloads.find((each) => nameOf(each) === nameOf(wanted))
  if (found) return found
  const near = didYouMean(nameOf(wanted), workloads.map(nameOf))
  throw new Refusal(problem('not-found', { detail: `The cluster has no workload of this name${near}` }))
}

function nameOf({ namespace, serviceAccount }: WorkloadRef): string {
  return `${namespace}/${serviceAccount}`
}

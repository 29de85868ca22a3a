import type { RecordedCluster } from '../clouds/aws/cluster-record.ts'
import { problem } from '../domain/problem.ts'
import type { WorkloadRef } from '../domain/proof.ts'
import type { WorkloadItem } from '../domain/record.ts'
import { Refusal } from '../middleware/operation.ts'
import { didYouMean } from './find-cluster.ts'

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

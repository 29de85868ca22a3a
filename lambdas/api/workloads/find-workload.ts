import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import type { WorkloadItem } from '../../operations/record/record.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { workloadResource } from '../access/checks.ts'
import { didYouMean } from '../clusters/find-cluster.ts'
import type { AllowedCall } from '../operation.ts'
import { ProblemError, problem } from '../problem.ts'

/**
 * The recorded workload with this namespace and service account.
 *
 * @throws {ProblemError} 404 when the cluster has no such workload; it suggests a similar name that the caller may see
 */
export function findWorkload(
  call: AllowedCall,
  { cluster, workloads }: RecordedCluster,
  desired: WorkloadRef,
): WorkloadItem {
  const observed = workloads.find((each) => nameOf(each) === nameOf(desired))
  if (observed) return observed
  const seen = workloads.filter((each) =>
    call.maySee({ action: 'read-workload', resource: workloadResource(cluster.cluster, each) }),
  )
  const near = didYouMean(nameOf(desired), seen.map(nameOf))
  throw new ProblemError(problem('not-found', { detail: `The cluster has no workload of this name${near}` }))
}

function nameOf({ namespace, serviceAccount }: WorkloadRef): string {
  return `${namespace}/${serviceAccount}`
}

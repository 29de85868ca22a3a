import type { RecordedCluster } from '../operations/cluster-record.ts'
import { itemOf } from '../ownership/ownership.ts'
import { defaultRoleName, earlierDefaultNames } from '../role/name.ts'
import type { SetupRequest, Workload } from '../spec/parts.ts'

/**
 * The request, with the recorded role name of each workload that has the default name now and was recorded with the
 * default name of an earlier version. Its role stays the same one.
 *
 * @param deployment ACCOUNT/REGION/STACK
 */
export function withRecordedNames(
  request: SetupRequest,
  recorded: RecordedCluster | undefined,
  deployment: string,
): SetupRequest {
  if (!recorded) return request
  const { workloads, cluster } = request
  const named = workloads.map((workload) =>
    workload.role.name === defaultRoleName(deployment, cluster.name, workload)
      ? withRecordedName(workload, recorded)
      : workload,
  )
  return { ...request, workloads: named }
}

function withRecordedName(workload: Workload, { cluster, workloads }: RecordedCluster): Workload {
  const earlier = earlierDefaultNames(cluster.cluster, workload)
  const known = workloads.find((one) => itemOf(one) === itemOf(workload))
  if (!known || !earlier.includes(known.spec.name)) return workload
  return { ...workload, role: { ...workload.role, name: known.spec.name } }
}

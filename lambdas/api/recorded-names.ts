import type { RecordedCluster } from '../operations/cluster-record.ts'
import { defaultRoleName, earlierDefaultName } from '../role/name.ts'
import type { SetupRequest, Workload } from '../spec/parts.ts'

/**
 * The request, with the recorded role name of each workload that has the default name now and was recorded with the
 * default name of an earlier version. Its role stays the same one.
 */
export function withRecordedNames(request: SetupRequest, recorded: RecordedCluster | undefined): SetupRequest {
  if (!recorded) return request
  const { workloads, cluster } = request
  return { ...request, workloads: workloads.map((workload) => withRecordedName(workload, cluster.name, recorded)) }
}

function withRecordedName(workload: Workload, cluster: string, { workloads }: RecordedCluster): Workload {
  const { namespace, serviceAccount, role } = workload
  const earlier = earlierDefaultName(cluster, namespace, serviceAccount)
  if (role.name !== defaultRoleName(cluster, namespace, serviceAccount)) return workload
  const isEarlier = workloads.some(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount && one.spec.name === earlier,
  )
  return isEarlier ? { ...workload, role: { ...role, name: earlier } } : workload
}

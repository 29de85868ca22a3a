import type { RecordedCluster } from '../operations/cluster-record.ts'
import type { Asked } from '../operations/start-operation.ts'
import type { SetupRequest } from '../spec/parts.ts'

/**
 * A setup as it is asked for, of a cluster that is recorded like this. The bucket of an earlier request stays recorded when
 * this one names none, as it may when it does not apply the cluster: by the record a teardown of the cluster empties it,
 * and one of another cluster leaves it.
 */
export function askedSetup(request: SetupRequest, recorded: RecordedCluster | undefined): Asked {
  const { workloads: _, ...spec } = request
  const { provider, name } = request.cluster
  const before = provider === 'gke-on-aws' ? recorded?.cluster.spec.discovery : undefined
  const discovery = request.discovery ?? before
  return {
    kind: 'setup',
    cluster: name,
    request: { ...request },
    change: { ...spec, ...(discovery !== undefined && { discovery }) },
    ...(recorded && { madeFrom: recorded }),
  }
}

import type { RecordedCluster } from '../operations/cluster-record.ts'
import { leaving, newGeneration } from '../operations/generation.ts'
import type { RequestedOperation } from '../operations/start-operation.ts'
import type { SetupRequest, Workload } from '../spec/parts.ts'
import { withRecordedIssuer } from './recorded-issuer.ts'

/**
 * The setup that a request starts. A request that does not create the cluster may leave the bucket out. The record then
 * keeps the bucket of an earlier request: a teardown of this cluster has to empty it, and a teardown of another cluster
 * has to leave it.
 *
 * @param recorded undefined when no setup of the cluster was ever requested
 * @param workloads all workloads of the spec from now on. The setup removes the recorded ones that are not among them
 */
export function setupOperation(
  requested: SetupRequest,
  recorded: RecordedCluster | undefined,
  workloads: readonly Workload[],
): RequestedOperation {
  const request = withRecordedIssuer(requested, recorded?.cluster)
  const { provider, name } = request.cluster
  const before = provider === 'gke-on-aws' ? recorded?.cluster.spec.discovery : undefined
  const discovery = request.discovery ?? before
  const removed = leaving(recorded, workloads)
  return {
    kind: 'setup',
    cluster: name,
    request: { ...request, ...(removed.length > 0 && { removed }) },
    change: newGeneration(
      { ...request, ...(discovery !== undefined && { discovery }), workloads: [...workloads] },
      recorded,
    ),
    ...(recorded && { madeFrom: recorded }),
    mayWait: true,
  }
}

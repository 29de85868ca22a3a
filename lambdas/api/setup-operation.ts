import type { RecordedCluster } from '../operations/cluster-record.ts'
import { leaving, newGeneration } from '../operations/generation.ts'
import type { DeclaredWorkload } from '../operations/record.ts'
import type { RequestedOperation } from '../operations/start-operation.ts'
import type { SetupRequest } from '../spec/parts.ts'
import { withRecordedIssuer } from './recorded-issuer.ts'
import { withRecordedBucket } from './recorded-spec.ts'

/**
 * The setup that a request starts.
 *
 * @param requested with the workloads that are set up
 * @param recorded undefined when no setup of the cluster was ever requested
 * @param workloads all workloads of the spec from now on. The setup removes the recorded ones that are not among them
 */
export function setupOperation(
  requested: SetupRequest,
  recorded: RecordedCluster | undefined,
  workloads: readonly DeclaredWorkload[],
): RequestedOperation {
  const request = withRecordedIssuer(requested, recorded?.cluster)
  const removed = leaving(recorded, workloads)
  return {
    kind: 'setup',
    cluster: request.cluster.name,
    request: { ...request, ...(removed.length > 0 && { removed }) },
    change: newGeneration({ ...withRecordedBucket(request, recorded?.cluster), workloads: [...workloads] }, recorded),
    ...(recorded && { madeFrom: recorded }),
    mayWait: true,
  }
}

import { v7 as uuidv7 } from 'uuid'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import type { RecordedCluster } from '../record/cluster-record.ts'
import { desiredWorkloads } from '../record/generation.ts'
import type { ClusterSpec } from '../record/record.ts'
import type { NewOperation } from './record-operation.ts'

interface OwnRequest {
  readonly requestedBy: string
  /** The recorded spec, perhaps without `discovery`. */
  readonly spec: ClusterSpec
  /** Workloads that have left the spec and that the setup removes. */
  readonly removed: readonly WorkloadRef[]
}

/**
 * A setup that the deployment itself starts. It includes the workloads of the recorded spec, and does not change the
 * spec.
 */
export function setupOperationFrom(
  recorded: RecordedCluster,
  { requestedBy, spec, removed }: OwnRequest,
): NewOperation {
  const { cluster, lastOperationId } = recorded.cluster
  const workloads = desiredWorkloads(recorded)
  return {
    operation: {
      operationId: uuidv7(),
      kind: 'setup',
      cluster,
      namespaces: [...new Set([...workloads, ...removed].map(({ namespace }) => namespace))],
      status: 'queued',
      requestedBy,
      createdAt: new Date().toISOString(),
    },
    request: { ...spec, workloads, ...(removed.length > 0 && { removed }) },
    change: 'same spec',
    expectedLastOperation: lastOperationId,
  }
}

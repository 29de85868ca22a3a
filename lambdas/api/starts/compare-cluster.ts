import { log } from '../../log.ts'
import { type RecordedCluster, readCluster } from '../../operations/record/cluster-record.ts'
import { hasEnded, type OperationItem } from '../../operations/record/record.ts'
import { callOf } from '../../operations/start/schedule.ts'
import { repeatClaimed, startOperation } from '../../operations/start/start-operation.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { driftRequest } from '../../workflows/comparison/drift.ts'
import { deployment } from '../deployment.ts'
import { refusedNow } from '../spec/refused-now.ts'
import { description } from './compare-cluster.step.ts'

/**
 * Starts a drift of the cluster, once for each time of the schedule, and waits for its end. The drift is the same as by
 * `POST /v1/clusters/{cluster}/drift`, and subscribers are notified of its result. Also waits for operations that are
 * changing the cluster.
 */
export const run: StepRun<typeof description> = async (event, { cluster }) => {
  const call = callOf(event, ['drift', cluster])
  const earlier = await repeatClaimed(call)
  if (earlier && 'operation' in earlier) return untilEnded(earlier.operation)
  const observed = await readCluster(cluster)
  if (observed?.lock) return { waiting: { reason: 'another operation is changing the cluster' } }
  const drift = observed && requestOf(observed)
  if (!drift || 'refused' in drift) {
    log('info', 'drift left out', { cluster, reason: drift?.refused ?? 'it is not recorded any more' })
    return { output: {}, changes: [] }
  }
  const request = { ...drift.request, scheduled: true }
  const started = await startOperation(call, async () => ({ kind: 'drift', cluster, request }))
  return 'operation' in started ? untilEnded(started.operation) : { output: {}, changes: [] }
}

export const handler = step(description, run)

function requestOf(observed: RecordedCluster): ReturnType<typeof driftRequest> {
  if (observed.cluster.spec.reconcile === 'suspended') {
    return { refused: 'reconcile is suspended in the spec of the cluster' }
  }
  return driftRequest(observed, undefined, refusedNow(observed, deployment()))
}

function untilEnded({ operationId, status }: OperationItem): Awaited<ReturnType<typeof run>> {
  if (hasEnded(status)) return { output: {}, changes: [] }
  return { waiting: { reason: `the drift ${operationId} is ${status}` } }
}

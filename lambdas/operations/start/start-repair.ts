import { log } from '../../log.ts'
import { readCluster } from '../record/cluster-record.ts'
import type { OperationItem } from '../record/record.ts'
import { keys } from '../record/table.ts'
import { put } from '../record/writes.ts'
import { recordOperation } from './record-operation.ts'
import { repairAfter } from './repair.ts'
import { startRecorded } from './start-recorded.ts'

/**
 * Starts the repair of a scheduled drift's findings, if a repair is needed and the cluster is free. If the cluster is
 * not free, the next drift tries. A second call for the same drift does nothing, because the cluster has a newer
 * operation.
 *
 * @throws {StepError} when a call fails
 */
export async function startRepair(drift: OperationItem): Promise<void> {
  const { operationId, cluster, toRepair } = drift
  const recorded = cluster !== undefined && toRepair && (await readCluster(cluster))
  if (!recorded) return
  const repair = repairAfter(drift, recorded)
  if ('left' in repair) return log('info', 'drift not repaired', { operationId, cluster, reason: repair.left })
  const { next, attempts } = repair
  // The attempts are recorded in the transaction of the operation, so they count only if the operation is recorded.
  const extraWrites = [put({ ...keys.attempts(recorded.cluster.cluster), ...attempts })]
  const outcome = await recordOperation({ ...next, extraWrites })
  if (outcome !== 'recorded') return log('info', 'drift not repaired', { operationId, cluster, reason: outcome })
  log('info', 'repair recorded', { operationId: next.operation.operationId, cluster, drift: operationId })
  await startRecorded(next)
}

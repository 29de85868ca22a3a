import { publishMetric } from '../../metrics.ts'
import { acquireLock, releaseLock } from '../../operations/lock/lock.ts'
import { releaseIfStale } from '../../operations/lock/stale-lock.ts'
import { readCluster, recordRotated } from '../../operations/record/cluster-record.ts'
import type { ClusterItem } from '../../operations/record/record.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './acquire-lock.step.ts'
import { clusterToRotate, daysOfCertificate } from './rotation.ts'

/**
 * Acquires the cluster's lock for the rotation, and returns the recorded facts for the next states. It waits while
 * another operation is changing the cluster, and skips a cluster without a provider. A dry run writes nothing, so it
 * acquires no lock.
 */
export const run: StepRun<typeof description> = async (_, { operationId, cluster, dryRun }) => {
  if (!dryRun && !(await tryAcquire(cluster, operationId)))
    return { waiting: { reason: 'another operation is changing the cluster' } }
  // Read after the lock is acquired, so that the rotation uses the newest record of a setup.
  const recorded = await readCluster(cluster)
  const rotation = recorded && clusterToRotate(recorded.cluster)
  if (!rotation) {
    await releaseLock(cluster, operationId)
    const why = 'no setup of the cluster has registered a provider'
    return { output: { acquired: false, skipped: why }, changes: [] }
  }
  if (!dryRun) await recordRotated(cluster, recorded.cluster.status)
  measureCertificate(recorded.cluster, operationId)
  return { output: { acquired: true, ...rotation }, changes: [] }
}

export const handler = step(description, run)

async function tryAcquire(cluster: string, operationId: string): Promise<boolean> {
  if (await acquireLock(cluster, operationId)) return true
  if ((await releaseIfStale(cluster)) !== undefined) return false
  return acquireLock(cluster, operationId)
}

/** The expiry comes from the record, so that the metric also exists for an unreachable cluster. */
function measureCertificate({ cluster, status }: ClusterItem, operationId: string): void {
  const days = daysOfCertificate(status, new Date())
  if (days !== undefined) publishMetric('CertificateDays', days, { about: { operationId, cluster } })
}

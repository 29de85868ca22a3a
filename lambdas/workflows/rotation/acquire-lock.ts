import { readCluster } from '../../operations/cluster-record.ts'
import { acquireLock, releaseLock } from '../../operations/lock.ts'
import { holderUnlessStale } from '../../operations/stale-lock.ts'
import type { StepRun } from '../../steps/contract.ts'
import { step } from '../../steps/step.ts'
import { description } from './acquire-lock.step.ts'
import { clusterToRotate } from './rotation.ts'
/**
 * Takes the cluster's lock for the rotation, and gives back what the next states need of the record. A cluster that is being
 * changed, or of which there is no provider yet, is skipped. A dry run takes no lock, and so needs none.
 */
export const run: StepRun<typeof description> = async (_, { operationId, cluster, dryRun }) => {
  if (!dryRun && !(await isTaken(cluster, operationId))) return skipped('busy: it is being changed')
  // After the lock: what a setup has just recorded is what is rotated.
  const recorded = await readCluster(cluster)
  const made = recorded && clusterToRotate(recorded.cluster)
  if (!made) {
    await releaseLock(cluster, operationId)
    return skipped('no setup of it has registered a provider')
  }
  return { output: { acquired: true, ...made }, changes: [] }
}

export const handler = step(description, run)

async function isTaken(cluster: string, operationId: string): Promise<boolean> {
  if (await acquireLock(cluster, operationId)) return true
  if ((await holderUnlessStale(cluster)) !== undefined) return false
  return acquireLock(cluster, operationId)
}

function skipped(why: string) {
  return { output: { acquired: false as const, skipped: why }, changes: [] }
}

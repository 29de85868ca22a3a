/** Records in the condition InSync whether a cluster and its workloads are as requested. */
import { allDoneInBatches } from '../../errors/attempts.ts'
import { itemOf, type WorkloadRef } from '../../ownership/ownership.ts'
import type { RecordedCluster } from './cluster-record.ts'
import { type Assessment, inSync, transitioned } from './condition.ts'
import type { Condition } from './record.ts'
import { writeStatus } from './status-record.ts'
import { keys } from './table.ts'

const atOnce = 20

export interface FoundSync {
  /** Whether the drift was scheduled. Only a scheduled drift sets `comparedAt`. */
  readonly scheduled: boolean
  readonly cluster: Assessment | undefined
  readonly workloads: readonly { readonly ref: WorkloadRef; readonly assessment: Assessment | undefined }[]
}

/**
 * Records the findings of a drift. An undefined assessment means no difference. Skips the cluster and each workload
 * that was verified since the read, because a setup may have repaired the findings.
 */
export async function recordSync({ cluster, workloads }: RecordedCluster, found: FoundSync): Promise<void> {
  const part = (before: Condition | undefined, now: Assessment = inSync) => ({
    conditions: { InSync: transitioned(before, now, new Date()) },
  })
  const { status } = cluster
  const ofCluster = {
    ...part(status.conditions.InSync, found.cluster),
    ...(found.scheduled && { comparedAt: new Date().toISOString() }),
  }
  await writeStatus(keys.cluster(cluster.cluster), status, ofCluster, 'verifiedAt')
  await allDoneInBatches(found.workloads, atOnce, async ({ ref, assessment }) => {
    const read = workloads.find((one) => itemOf(one) === itemOf(ref))?.status
    if (!read) return
    const key = keys.workload(cluster.cluster, ref.namespace, ref.serviceAccount)
    await writeStatus(key, read, part(read.conditions.InSync, assessment), 'verifiedAt')
  })
}

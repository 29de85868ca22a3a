/** The data that a step reads from the record, and writes to the status. */
import * as z from 'zod/mini'
import { type Assessment, inSyncNow, transitioned } from '../operations/record/condition.ts'
import type { OperationKind } from '../operations/record/kinds.ts'
import {
  type ClusterConditionType,
  type ClusterFacts,
  type ClusterStatus,
  clusterFacts,
  clusterStatus,
  noStatus,
  type OperationItem,
  operationItem,
  stepItem,
  type WorkloadConditionType,
  type WorkloadStatus,
  workloadConditionTypes,
  workloadStatus,
} from '../operations/record/record.ts'
import { statusWrite } from '../operations/record/status-record.ts'
import { getItems, type ItemKey, keys } from '../operations/record/table.ts'
import type { Write } from '../operations/record/writes.ts'
import type { WorkloadRef } from '../ownership/ownership.ts'
import type { ConditionType } from './condition.ts'
import type { Observed } from './contract.ts'
import { factsToRecord } from './facts.ts'

interface StepCall {
  readonly operationId: string
  /** Empty in a step that is not for a single cluster. */
  readonly cluster: string
  readonly item?: string | undefined
  readonly dryRun: boolean
}

/** The recorded state at the start of the step. */
export interface Recorded {
  /** Undefined for an operation that is not recorded. */
  readonly operation: OperationItem | undefined
  readonly cluster: ClusterStatus
  /** Empty unless the condition of the step belongs to a workload. */
  readonly workload: WorkloadStatus
}

/**
 * Reads all items in one call. In a dry run, facts from the operation's own CheckCluster replace the recorded facts.
 */
export async function readRecorded(call: StepCall, type: ConditionType | undefined): Promise<Recorded> {
  const { namespace, serviceAccount } = workloadOf(call)
  const ofWorkload = type && isOfWorkload(type) ? keys.workload(call.cluster, namespace, serviceAccount) : undefined
  const ofCheck = call.dryRun ? keys.step(call.operationId, 'CheckCluster') : undefined
  const [operation, cluster, workload, checked] = await getItemsOf([
    keys.operation(call.operationId),
    call.cluster === '' ? undefined : keys.cluster(call.cluster),
    ofWorkload,
    ofCheck,
  ])
  const facts = checked && checkedFacts(checked)
  return {
    operation: operation && operationItem.parse(operation),
    cluster: { ...(cluster ? clusterStatus.parse(cluster.status) : noStatus), ...(facts && { cluster: facts }) },
    workload: workload ? workloadStatus.parse(workload.status) : noStatus,
  }
}

async function getItemsOf(wanted: readonly (ItemKey | undefined)[]) {
  const items = await getItems(wanted.filter((key) => key !== undefined))
  return wanted.map((key) => (key === undefined ? undefined : items.shift()))
}

function checkedFacts(item: Record<string, unknown>): ClusterFacts | undefined {
  const { status, output } = z.pick(stepItem, { status: true, output: true }).parse(item)
  return status === 'succeeded' ? clusterFacts.parse(output) : undefined
}

export interface Known {
  /** Absent when the step does not change its condition. */
  readonly assessment?: Assessment | undefined
  readonly observed?: Observed | undefined
}

/** The write of a step's results to the status; undefined when nothing has changed. */
export function writeOfStatus(
  call: StepCall,
  recorded: Recorded,
  type: ConditionType | undefined,
  known: Known,
): Write | undefined {
  const kind = recorded.operation?.kind
  if (!kind || call.cluster === '') return undefined
  const change = type !== undefined && isReported(type, kind, call.dryRun) ? known : { observed: known.observed }
  if (type && isOfWorkload(type)) return recordOfWorkload({ ...call, kind }, recorded.workload, type, change)
  const isWithoutLock = kind === 'verification' || call.dryRun
  return recordOfCluster({ ...call, kind, isWithoutLock }, recorded.cluster, type, change)
}

/** Without the cluster's lock, an operation must not overwrite newer facts, which the lock's holder may write. */
function recordOfCluster(
  {
    cluster: name,
    dryRun,
    kind,
    isWithoutLock,
  }: StepCall & { readonly kind: OperationKind; readonly isWithoutLock: boolean },
  read: ClusterStatus,
  type: ClusterConditionType | undefined,
  { assessment, observed = {} }: Known,
): Write | undefined {
  const { cluster, formerIssuer, webhookCertificate, credentials, managementCredentials } = observed
  const facts = cluster && factsToRecord(kind, cluster, read.cluster)
  const conditions = type && assessment ? { [type]: transitioned(read.conditions[type], assessment, new Date()) } : {}
  const part = {
    conditions,
    ...(facts && { cluster: facts }),
    ...(!isWithoutLock && { formerIssuer, webhookCertificate }),
    // A plan may name another secret than the recorded spec.
    ...(!dryRun && { credentials, managementCredentials }),
  }
  return statusWrite(keys.cluster(name), read, part, facts && isWithoutLock ? 'cluster' : undefined)
}

function recordOfWorkload(
  call: StepCall & { readonly kind: OperationKind },
  workload: WorkloadStatus,
  type: WorkloadConditionType,
  { assessment, observed = {} }: Known,
): Write | undefined {
  const { namespace, serviceAccount } = workloadOf(call)
  const { verifiedAt, refusedAt, role } = observed
  const changed = assessment ? { [type]: transitioned(workload.conditions[type], assessment, new Date()) } : {}
  // The proof is the last step of a setup. If it succeeds, the workload is as requested.
  const isRepaired = call.kind === 'setup' && type === 'Verified' && assessment?.status === 'True'
  const conditions = { ...changed, ...(isRepaired && { InSync: inSyncNow(workload.conditions.InSync) }) }
  // A step may have written the role since the read, so the read role is not compared.
  const { role: _, ...read } = workload
  return statusWrite(keys.workload(call.cluster, namespace, serviceAccount), read, {
    conditions,
    verifiedAt,
    refusedAt,
    role,
  })
}

/**
 * Setups and teardowns report all conditions of their steps, except in a dry run. A verification reports the proof, and
 * the readiness of the cluster, which the proof requires. Other operations report no condition.
 */
function isReported(type: ConditionType, kind: OperationKind, dryRun: boolean): boolean {
  if (kind === 'verification') return type === 'Verified' || type === 'ClusterReady'
  return !dryRun && ['setup', 'teardown'].includes(kind)
}

function isOfWorkload(type: ConditionType): type is WorkloadConditionType {
  return (workloadConditionTypes as readonly string[]).includes(type)
}

/** `item` is `namespace/account` in a step that runs for each workload. */
function workloadOf({ item = '' }: StepCall): WorkloadRef {
  const [namespace = '', serviceAccount = ''] = item.split('/')
  return { namespace, serviceAccount }
}

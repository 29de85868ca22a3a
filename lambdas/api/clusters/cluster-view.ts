/** Schemas of clusters in the API, and source of the OpenAPI description. */
import * as z from 'zod/mini'
import type { AgentItem } from '../../agent/agent-record.ts'
import type { Holder } from '../../operations/lock/stale-lock.ts'
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { desiredWorkloads } from '../../operations/record/generation.ts'
import {
  type ClusterStatus,
  type Condition,
  clusterConditionTypes,
  clusterStatus,
  type WorkloadItem,
  workloadConditionTypes,
  workloadStatus,
} from '../../operations/record/record.ts'
import { worstOf } from '../../report/severity.ts'
import { type SetupRequest, workloadFields } from '../../spec/setup-request.ts'
import { agentView } from '../agents/enrolment-view.ts'
import { nextPath } from '../next-path.ts'
import { declaredBy, declaredFields } from '../workloads/workload-view.ts'
import { conditionsOf, listed, withoutWaiting } from './condition-view.ts'
import { health, healthOf } from './health.ts'

export const clusterSummary = z.object({
  name: z.string(),
  provider: z.string(),
  connection: z
    .enum(['direct', 'agent'])
    .check(z.describe('Whether functions call the API server, or the agent in the cluster relays their requests')),
  agent: z.exactOptional(
    agentView.check(z.describe('The enrolled agent. Absent with a direct connection, and before an enrolment')),
  ),
  health: health.check(
    z.describe('The health by the conditions of the cluster, and by those of its workloads that the caller may see'),
  ),
  runningOperationId: z.exactOptional(
    z
      .string()
      .check(z.describe('The operation that may change the cluster: no other change starts before it has ended')),
  ),
  lastOperationId: z.string(),
  verifiedAt: z.exactOptional(
    z.string().check(z.describe('When all workloads were last proven. Absent before a setup has succeeded')),
  ),
  credentialsEndAt: z.exactOptional(
    z
      .string()
      .check(
        z.describe(
          'When the credentials in the secret of the cluster expire. Absent when they have no expiration time',
        ),
      ),
  ),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export const clusterPage = z.object({ clusters: z.array(clusterSummary), next: nextPath })

const workloadView = z.extend(workloadStatus, {
  ...workloadFields,
  ...declaredFields,
  health,
  conditions: conditionsOf(workloadConditionTypes),
})

const statusView = z.extend(z.omit(clusterStatus, { webhookCertificate: true }), {
  conditions: conditionsOf([...clusterConditionTypes, 'WorkloadsReady', 'Verified']),
  workloads: z.array(workloadView).check(z.describe('The observed state of each workload')),
  thumbprints: z
    .array(z.string())
    .check(z.describe('Thumbprints of the provider after the last rotation. Empty before the first rotation')),
})

export const clusterView = z.extend(clusterSummary, {
  generation: z.number().check(z.describe('The version number of the spec. Each change of the spec increases it')),
  spec: z
    .record(z.string(), z.unknown())
    .check(
      z.describe(
        'The complete spec. A setup with this spec as its request changes nothing. The spec has the bucket of an earlier request if the newest request names none',
      ),
    ),
  status: statusView.check(z.describe('The observed state')),
})

type Observed = Pick<RecordedCluster, 'cluster' | 'workloads'>

export type ClusterSummary = z.output<typeof clusterSummary>
export type ClusterView = z.output<typeof clusterView>

/** The data of a summary that is not in the items of the cluster. */
interface BesideSummary {
  /** The operation that may change the cluster now. */
  readonly holder?: Holder | undefined
  readonly agent?: AgentItem | undefined
}

/**
 * A cluster as an entry of a list.
 *
 * @param workloads all workloads that the caller may see, or {@link workloadsForHealth}
 */
export function clusterSummaryOf(
  { cluster, workloads }: Observed,
  { holder, agent }: BesideSummary = {},
): ClusterSummary {
  const { cluster: name, spec, status, lastOperationId, createdAt, updatedAt } = cluster
  const { verifiedAt, credentials } = status
  return {
    name,
    provider: spec.cluster.provider,
    connection: spec.cluster.connection ?? 'direct',
    ...(agent && { agent: viewOfAgent(agent) }),
    health: healthOf(allConditions({ cluster, workloads }), holder !== undefined),
    ...(holder && { runningOperationId: holder.operationId }),
    lastOperationId,
    ...(verifiedAt !== undefined && { verifiedAt }),
    ...(credentials?.endsAt !== undefined && { credentialsEndAt: credentials.endsAt }),
    createdAt,
    updatedAt,
  }
}

function viewOfAgent({ facts, calledAt, enrolledAt, enrolledBy }: AgentItem): z.output<typeof agentView> {
  return { version: facts.version, calledAt, enrolledAt, enrolledBy }
}

/**
 * The visible workloads that determine the cluster's health: every unhealthy workload and one healthy workload. Empty
 * when no visible workload is unhealthy, because the cluster's own conditions then suffice. This saves authorization
 * checks, which take seconds for thousands of workloads.
 */
export function workloadsForHealth<Workload extends WorkloadItem>(
  workloads: readonly Workload[],
  maySee: (workload: Workload) => boolean,
): readonly Workload[] {
  const unhealthy = workloads.filter((workload) => !isHealthy(workload) && maySee(workload))
  if (unhealthy.length === 0) return []
  const healthy = workloads.find((workload) => isHealthy(workload) && maySee(workload))
  return healthy ? [...unhealthy, healthy] : unhealthy
}

function isHealthy({ status }: WorkloadItem): boolean {
  return workloadConditionTypes.every((type) => (status.conditions[type] ?? defaultConditions[type])?.status === 'True')
}

/** Before its first setup or drift, a workload has no InSync condition, and counts as in sync. */
const defaultConditions: WorkloadItem['status']['conditions'] = {
  InSync: { status: 'True', reason: 'Succeeded', message: '', lastTransitionTime: '' },
}

/** The current spec, in the form of a request. */
export function recordedRequest({ cluster, workloads }: RecordedCluster): SetupRequest {
  return { ...cluster.spec, workloads: desiredWorkloads({ workloads }) }
}

export function clusterViewOf(
  { cluster, workloads }: RecordedCluster,
  { thumbprints, holder, agent }: BesideSummary & { readonly thumbprints: readonly string[] },
): ClusterView {
  const now = <Shown extends Condition>(conditions: readonly Shown[]) =>
    holder ? [...conditions] : withoutWaiting(conditions, cluster.lastOperationId)
  return {
    ...clusterSummaryOf({ cluster, workloads }, { holder, agent }),
    generation: cluster.generation,
    spec: recordedRequest({ cluster, workloads }),
    status: {
      ...shownStatus(cluster.status),
      conditions: now(allConditions({ cluster, workloads })),
      workloads: workloads.map(({ namespace, serviceAccount, manager, status }) => {
        const conditions = now(listed(status.conditions))
        const own = healthOf(conditions, holder !== undefined)
        return { namespace, serviceAccount, ...declaredBy(manager), ...status, health: own, conditions }
      }),
      thumbprints: [...thumbprints],
    },
  }
}

/** Shows the dates of the certificate in `webhook.certificate`, also if the cluster signed it (mode `csr`). */
function shownStatus({ webhookCertificate, ...status }: ClusterStatus): ClusterStatus {
  const { webhook } = status
  if (webhook?.mode !== 'csr' || !webhookCertificate) return status
  return { ...status, webhook: { ...webhook, certificate: webhookCertificate } }
}

/** The conditions of the cluster, including the conditions that summarize its workloads. */
function allConditions({ cluster, workloads }: Observed) {
  const { InSync: own, ...conditions } = cluster.status.conditions
  return [
    ...listed(conditions),
    ...ofAll('WorkloadsReady', ['RoleReady', 'AccountBound'], workloads),
    ...ofAll('Verified', ['Verified'], workloads),
    ...inSync(own, workloads),
  ]
}

/** The cluster's own InSync condition, or the worst InSync condition of its workloads if that is worse. */
function inSync(own: Condition | undefined, workloads: readonly WorkloadItem[]) {
  const ofWorkloads = workloads.flatMap(({ namespace, serviceAccount, status: { conditions } }) => {
    const { InSync: one } = conditions
    return one ? [{ ...one, message: one.message === '' ? '' : `${namespace}/${serviceAccount}: ${one.message}` }] : []
  })
  const all = [...(own ? [own] : []), ...ofWorkloads]
  const differing = all.filter(({ status }) => status === 'False')
  const severity = worstOf(differing.flatMap((one) => one.severity ?? []))
  const worst =
    differing.find((one) => one.severity === severity) ?? all.find(({ status }) => status === 'Unknown') ?? all[0]
  return worst ? [{ type: 'InSync' as const, ...worst }] : []
}

type OfWorkload = (typeof workloadConditionTypes)[number]

/**
 * A condition of the cluster that combines conditions of all its workloads. It is False if one of them is False, else
 * Unknown if one is Unknown, and else True. If it is not True, its reason and message come from the first condition
 * with the same status. Empty when no workload has any of these conditions yet.
 */
function ofAll(type: string, parts: readonly OfWorkload[], workloads: readonly WorkloadItem[]) {
  const known = workloads.flatMap((workload) => parts.map((part) => partOf(workload, part)))
  if (known.every(({ lastTransitionTime }) => lastTransitionTime === undefined)) return []
  const times = known.map((one) => one.lastTransitionTime ?? '')
  const lastTransitionTime = times.toSorted().at(-1) ?? ''
  const worst = known.find(({ status }) => status === 'False') ?? known.find(({ status }) => status === 'Unknown')
  if (!worst) return [{ type, status: 'True' as const, reason: 'Succeeded', message: '', lastTransitionTime }]
  const { status, reason, item, message } = worst
  return [{ type, status, reason, message: message === '' ? item : `${item}: ${message}`, lastTransitionTime }]
}

function partOf({ namespace, serviceAccount, status }: WorkloadItem, type: OfWorkload) {
  const item = `${namespace}/${serviceAccount}`
  const one = status.conditions[type]
  if (one) return { item, ...one }
  return { item, status: 'Unknown' as const, reason: 'NotReached', message: '', lastTransitionTime: undefined }
}

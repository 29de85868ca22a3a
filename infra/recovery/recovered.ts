/** The items to write into an empty table: the copies of the record, and additions from the tags of objects in IAM. */
import type * as z from 'zod/mini'
import { workloadPosition } from '../../lambdas/operations/lists/workload-list.ts'
import { recordedProviderArns } from '../../lambdas/operations/record/providers.ts'
import {
  clusterItem,
  type RecordedRole,
  type WorkloadStatus,
  workloadItem,
  workloadsItem,
} from '../../lambdas/operations/record/record.ts'
import type { recordCopy } from '../../lambdas/operations/record/record-copies.ts'
import { keys, lists } from '../../lambdas/operations/record/table.ts'
import { itemOf, type WorkloadRef } from '../../lambdas/ownership/ownership.ts'
import type { Workload } from '../../lambdas/spec/setup-request.ts'

export type Item = z.output<typeof recordCopy>['items'][number]

/** An IAM role whose tags assign it to a workload of the cluster. */
export interface MarkedRole extends WorkloadRef {
  readonly recorded: RecordedRole
  /** The `role` of a request that would create this role. */
  readonly spec: Workload['role']
}

/** Roles and providers that tags assign to one cluster. A setup may have created some after the copy was written. */
export interface Marked {
  readonly providerArns: readonly string[]
  readonly roles: readonly MarkedRole[]
}

/** The items of a cluster's copy, extended by the tagged roles and providers. */
export function recoveredItems(cluster: string, items: readonly Item[], marked: Marked, at: Date): readonly Item[] {
  const unknown = marked.roles.filter(({ namespace, serviceAccount }) => {
    const { sk } = keys.workload(cluster, namespace, serviceAccount)
    return !items.some((item) => item.sk === sk)
  })
  const withProviders = items.map((item) => {
    if (item.sk === keys.cluster(cluster).sk) return withMarkedProviders(item, marked.providerArns)
    return item.sk === keys.workloads(cluster).sk ? withWorkloads(item, unknown) : item
  })
  return marked.roles.reduce<readonly Item[]>(
    (before, role) => withMarkedRole(cluster, before, role, at),
    withProviders,
  )
}

/**
 * The manager name of workloads that are known only from the tags of a role. A request removes only workloads of its
 * own manager, so a request under another name keeps them.
 */
const manager = 'recovery'

/** Adds the workloads to the spec, because a setup would remove a workload that is not in it. */
function withWorkloads(item: Item, roles: readonly MarkedRole[]): Item {
  const marked = roles.map(({ namespace, serviceAccount, spec }) => ({
    namespace,
    serviceAccount,
    role: spec,
    manager,
  }))
  // A Map keeps the last entry of a key: a workload of the copy, or else the first tagged role of the workload.
  // withMarkedRole records the other roles as former roles.
  const all = [...marked.toReversed(), ...workloadsItem.parse(item).workloads]
  return { ...item, workloads: [...new Map(all.map((workload) => [itemOf(workload), workload])).values()] }
}

/** Records the tagged providers that the copy lacks as former providers, so that a teardown deletes them, too. */
function withMarkedProviders(item: Item, providerArns: readonly string[]): Item {
  const { status } = clusterItem.parse(item)
  const known = recordedProviderArns(status)
  const others = providerArns.filter((arn) => !known.includes(arn))
  if (others.length === 0) return item
  return { ...item, status: { ...status, formerProviderArns: [...(status.formerProviderArns ?? []), ...others] } }
}

function withMarkedRole(cluster: string, items: readonly Item[], role: MarkedRole, at: Date): readonly Item[] {
  const { pk, sk } = keys.workload(cluster, role.namespace, role.serviceAccount)
  const observed = items.find((item) => item.sk === sk)
  if (!observed) return [...items, workloadOf(cluster, role, at)]
  const { status } = workloadItem.parse(observed)
  const withRole = { ...observed, pk, sk, status: { ...status, role: recordedWith(status, role.recorded) } }
  return items.map((item) => (item === observed ? withRole : item))
}

function recordedWith({ role }: WorkloadStatus, marked: RecordedRole): WorkloadStatus['role'] {
  if (!role) return marked
  const { formerRoles = [] } = role
  const isKnown = [role, ...formerRoles].some(({ roleArn }) => roleArn === marked.roleArn)
  return isKnown ? role : { ...role, formerRoles: [...formerRoles, marked] }
}

function workloadOf(cluster: string, { namespace, serviceAccount, recorded }: MarkedRole, at: Date): Item {
  return {
    ...keys.workload(cluster, namespace, serviceAccount),
    listed: lists.workloads,
    listedKey: workloadPosition({ cluster, namespace, serviceAccount }),
    cluster,
    namespace,
    serviceAccount,
    status: { role: recorded, conditions: {} },
    updatedAt: at.toISOString(),
  }
}

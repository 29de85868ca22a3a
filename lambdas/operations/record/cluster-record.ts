import * as z from 'zod/mini'
import { itemOf } from '../../ownership/ownership.ts'
import type { Workload } from '../../spec/setup-request.ts'
import { inSyncNow } from './condition.ts'
import { all, appended, where } from './expression.ts'
import { recordedProviderArns } from './providers.ts'
import {
  type AcceptedKey,
  type AttemptsItem,
  attemptsItem,
  type ClusterItem,
  type ClusterStatus,
  clusterItem,
  clusterStatus,
  type KeyRef,
  type LockItem,
  lastRunAttributes,
  lockItem,
  noStatus,
  type RecordedKey,
  type SetupResult,
  setupResult,
  type WorkloadItem,
  workloadItem,
  workloadsItem,
} from './record.ts'
import { statusWrite, writeStatus } from './status-record.ts'
import { getItem, indexes, keys, type ListPage, type ListRange, lists, queryItems, queryList } from './table.ts'
import { conditionally, update, type Write } from './writes.ts'

/** A workload of the spec, or a workload that has left the spec and is not removed yet. */
export type RecordedWorkload = WorkloadItem & (Declared | { readonly [Field in keyof Declared]?: never })

interface Declared {
  /** The requested role. */
  readonly spec: Workload['role']
  readonly manager: string
}

export interface RecordedCluster {
  readonly cluster: ClusterItem
  /** The workloads of the spec in the order of their names, then the workloads that have left the spec. */
  readonly workloads: readonly RecordedWorkload[]
  readonly lock?: LockItem
  /** Absent when no repair of the cluster was ever started. */
  readonly attempts?: AttemptsItem
}

/** Reads a cluster with its workloads and its lock by one query. Returns undefined for an unknown cluster. */
export async function readCluster(name: string): Promise<RecordedCluster | undefined> {
  const items = await queryItems(where`pk = ${keys.cluster(name).pk}`)
  const find = (sk: string) => items.find((item) => item.sk === sk)
  const cluster = find('CLUSTER')
  if (!cluster) return undefined
  const lock = find('LOCK')
  const attempts = find('ATTEMPTS')
  const parsed = clusterItem.parse(cluster)
  return {
    cluster: parsed,
    workloads: recordedWorkloads(items, parsed.updatedAt),
    ...(lock && { lock: lockItem.parse(lock) }),
    ...(attempts && { attempts: attemptsItem.parse(attempts) }),
  }
}

/**
 * The workloads of a cluster, from its items.
 *
 * @param updatedAt the time of the cluster's last change. A workload without an item gets this time, because its first
 *   operation has not started yet
 */
function recordedWorkloads(items: readonly Readonly<Record<string, unknown>>[], updatedAt: string): RecordedWorkload[] {
  const spec = items.find(({ sk }) => sk === keys.workloads('').sk)
  const desired = spec ? workloadsItem.parse(spec).workloads : []
  const specs = new Set(desired.map(itemOf))
  const observed = items.filter(({ sk }) => String(sk).startsWith('WORKLOAD#')).map((item) => workloadItem.parse(item))
  const known = new Map(observed.map((one) => [itemOf(one), one]))
  return [
    ...desired.map(({ role, manager, ...ref }) => ({
      ...(known.get(itemOf(ref)) ?? { ...ref, status: noStatus, updatedAt }),
      spec: role,
      manager,
    })),
    ...observed.filter((one) => !specs.has(itemOf(one))),
  ]
}

const listed = where`listed = ${lists.clusters}`

/** The clusters after a cluster name, in the order of their names. */
export function listClusters({ after, itemsToRead }: ListRange): Promise<ListPage<ClusterItem>> {
  const position = after === undefined ? undefined : where`listedKey > ${after}`
  return queryList(all(listed, position), { index: indexes.byList, pageSize: itemsToRead }, clusterItem)
}

export async function firstClusters(atMost: number): Promise<ClusterItem[]> {
  const items = await queryItems(listed, { index: indexes.byList, pageSize: atMost }, atMost)
  return items.map((item) => clusterItem.parse(item))
}

/** All clusters. The index is eventually consistent, so a cluster that was just recorded may be missing. */
export async function allClusters(): Promise<ClusterItem[]> {
  const items = await queryItems(listed, { index: indexes.byList })
  return items.map((item) => clusterItem.parse(item))
}

/** The time when a run over all clusters last reached a cluster. Absent if no run has reached it yet. */
export interface LastRun {
  readonly cluster: string
  readonly at?: string | undefined
}

const listedLastRun = z.object({
  cluster: z.string(),
  status: z._default(z.partialRecord(z.enum(lastRunAttributes), z.string()), {}),
})

/** The last runs of all clusters. The index is eventually consistent, so it may return an older time. */
export async function listLastRuns(of: (typeof lastRunAttributes)[number]): Promise<LastRun[]> {
  const items = await queryItems(listed, { index: indexes.byList, only: ['cluster', `status.${of}`] })
  return items.map((item) => listedLastRun.parse(item)).map(({ cluster, status }) => ({ cluster, at: status[of] }))
}

/** Records that a rotation starts on the cluster now. */
export function recordRotated(name: string, read: ClusterStatus): Promise<void> {
  return writeStatus(keys.cluster(name), read, { rotatedAt: new Date().toISOString() })
}

/** Returns the status of a cluster by a consistent read, or undefined for an unknown cluster. */
export async function readClusterStatus(name: string): Promise<ClusterStatus | undefined> {
  const item = await getItem(keys.cluster(name))
  return item === undefined ? undefined : clusterStatus.parse(item.status)
}

/** Returns the status of a cluster as a setup's result, or undefined while a part of the result is missing. */
export function resultOf({ cluster: facts, providerArn, webhook }: ClusterStatus): SetupResult | undefined {
  return setupResult.safeParse({ facts, providerArn, webhook }).data
}

/** Records that all workloads of the cluster were verified now. Does nothing before the first successful setup. */
export async function recordVerified(name: string): Promise<void> {
  const set = { 'status.verifiedAt': new Date().toISOString() }
  await conditionally(update(keys.cluster(name), { set }, where`attribute_exists(status.verifiedAt)`))
}

/**
 * The write for a successful setup. It records the time of the proofs, the condition InSync, and the generation that is
 * applied.
 *
 * @param generation the applied generation; undefined if the setup has not applied the newest spec completely
 */
export function succeededSetupWrite(
  name: string,
  { conditions }: Pick<ClusterStatus, 'conditions'>,
  generation: number | undefined,
): Write {
  const at = new Date().toISOString()
  const set = {
    'status.verifiedAt': at,
    'status.conditions.InSync': inSyncNow(conditions.InSync),
    'status.observedGeneration': generation,
    updatedAt: at,
  }
  return update(keys.cluster(name), { set })
}

/** Records the keys that the deployment publishes for a cluster. After that no key waits for acceptance. */
export function recordPublishedKeys(
  name: string,
  publishedKeys: readonly RecordedKey[],
  read: ClusterStatus,
): Promise<void> {
  const hasWaiting = (read.waitingKeys ?? []).length > 0
  return writeStatus(keys.cluster(name), read, { publishedKeys, ...(hasWaiting && { waitingKeys: [] }) })
}

/** Records the keys that wait for acceptance by an administrator. */
export function recordWaitingKeys(name: string, waitingKeys: readonly KeyRef[], read: ClusterStatus): Promise<void> {
  return writeStatus(keys.cluster(name), read, { waitingKeys })
}

/**
 * Records an accepted key. Returns false and writes nothing when the waiting keys have changed since the read. The
 * operation that waits for the key holds the lock. This write needs no lock, because no step writes `acceptedKeys`.
 */
export function recordAcceptedKey(name: string, key: AcceptedKey, read: ClusterStatus): Promise<boolean> {
  const set = { 'status.acceptedKeys': appended([key]) }
  const condition = where`status.waitingKeys = ${read.waitingKeys ?? []}`
  return conditionally(update(keys.cluster(name), { set }, condition))
}

/** Records the revoked keys and the keys that are still published, in one write. */
export function recordRevokedKeys(
  name: string,
  signingKeys: Required<Pick<ClusterStatus, 'publishedKeys' | 'revokedKeys'>>,
  read: ClusterStatus,
): Promise<void> {
  return writeStatus(keys.cluster(name), read, signingKeys)
}

/**
 * Records the provider of the cluster. Earlier providers stay recorded until a teardown of the cluster.
 *
 * @param changedAt the time of the provider's creation or tagging; absent when the caller does neither
 */
export async function recordProvider(
  name: string,
  providerArn: string,
  read: ClusterStatus,
  changedAt?: string,
): Promise<void> {
  const one = providerWrite(name, providerArn, read, changedAt)
  if (one) await conditionally(one)
}

/** Returns the write of {@link recordProvider}, for a transaction, or undefined when nothing changes. */
export function providerWrite(
  name: string,
  providerArn: string,
  read: ClusterStatus,
  changedAt?: string,
): Write | undefined {
  const former = recordedProviderArns(read).filter((arn) => arn !== providerArn)
  return statusWrite(keys.cluster(name), read, {
    providerArn,
    ...(changedAt !== undefined && { providerChangedAt: changedAt }),
    ...(former.length > 0 && { formerProviderArns: former }),
  })
}

/**
 * Deletes the time of the provider's last change. Without this time, a provider that IAM does not return is treated as
 * missing, and not as too new to be visible.
 */
export function forgetProviderChange(name: string): Promise<void> {
  return forget(name, 'providerChangedAt')
}

/** Records that no role of the cluster trusts its former issuer. */
export function forgetFormerIssuer(name: string): Promise<void> {
  return forget(name, 'formerIssuer')
}

async function forget(name: string, field: 'providerChangedAt' | 'formerIssuer'): Promise<void> {
  await conditionally(update(keys.cluster(name), { remove: [`status.${field}`] }, where`attribute_exists(status)`))
}

/** Records a namespace for objects of the cluster's webhook. It stays recorded until a teardown of the cluster. */
export function recordWebhookNamespace(name: string, namespace: string, read: ClusterStatus): Promise<void> {
  const webhookNamespaces = [...new Set([...(read.webhookNamespaces ?? []), namespace])]
  return writeStatus(keys.cluster(name), read, { webhookNamespaces })
}

/** Records whether a candidate of the webhook may exist. */
export function recordCandidate(name: string, webhookCandidate: boolean, read: ClusterStatus): Promise<void> {
  return writeStatus(keys.cluster(name), read, { webhookCandidate })
}

/** Records the webhook that receives pods from now on. */
export function recordActivated(
  name: string,
  webhook: NonNullable<ClusterStatus['webhook']>,
  read: ClusterStatus,
): Promise<void> {
  return writeStatus(keys.cluster(name), read, { webhook })
}

import * as z from 'zod/mini'
import { itemOf } from '../../ownership/ownership.ts'
import type { Workload } from '../../spec/parts.ts'
import { inSyncNow } from './condition.ts'
import { all, appended, where } from './expression.ts'
import { allProviders } from './providers.ts'
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
  lockItem,
  noStatus,
  type RecordedKey,
  type SetupResult,
  setupResult,
  turnAttributes,
  type WorkloadItem,
  workloadItem,
  workloadsItem,
} from './record.ts'
import { statusWrite, writeStatus } from './status-record.ts'
import { getItem, indexes, keys, type ListPage, lists, type PlaceInList, queryItems, queryList } from './table.ts'
import { conditionally, update, type Write } from './writes.ts'

/** A workload of the spec, or one that has left the spec and is not removed yet. */
export type RecordedWorkload = WorkloadItem & (Declared | { readonly [Field in keyof Declared]?: never })

interface Declared {
  /** The role that is requested. */
  readonly spec: Workload['role']
  readonly manager: string
}

export interface RecordedCluster {
  readonly cluster: ClusterItem
  /** Those of the spec in the order of their names, then those that have left it. */
  readonly workloads: readonly RecordedWorkload[]
  readonly lock?: LockItem
  /** Left out when no repair of the cluster was ever started. */
  readonly attempts?: AttemptsItem
}

/** A cluster with its workloads and its lock, from one query; undefined when no setup was ever requested. */
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
 * @param updatedAt of the cluster: a workload has no item of its own before its first operation has started
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

/** Clusters in the order of their names, of those after a place in the list: the name of a cluster. */
export function listClusters({ after, reads }: PlaceInList): Promise<ListPage<ClusterItem>> {
  const place = after === undefined ? undefined : where`listedKey > ${after}`
  return queryList(all(listed, place), { index: indexes.byList, pageSize: reads }, clusterItem)
}

/** The first clusters in the order of their names. */
export async function firstClusters(atMost: number): Promise<ClusterItem[]> {
  const items = await queryItems(listed, { index: indexes.byList, pageSize: atMost }, atMost)
  return items.map((item) => clusterItem.parse(item))
}

/** All clusters. One that was recorded a moment ago may be missing: the index is eventually consistent. */
export async function allClusters(): Promise<ClusterItem[]> {
  const items = await queryItems(listed, { index: indexes.byList })
  return items.map((item) => clusterItem.parse(item))
}

/** A cluster, with when it last had its turn: left out before its first. */
export interface Turn {
  readonly cluster: string
  readonly at?: string | undefined
}

const listedTurn = z.object({
  cluster: z.string(),
  status: z._default(z.partialRecord(z.enum(turnAttributes), z.string()), {}),
})

/** The turns of all clusters. Of one that had its turn a moment ago it may be that before: the index is eventually consistent. */
export async function listTurns(of: (typeof turnAttributes)[number]): Promise<Turn[]> {
  const items = await queryItems(listed, { index: indexes.byList, only: ['cluster', `status.${of}`] })
  return items.map((item) => listedTurn.parse(item)).map(({ cluster, status }) => ({ cluster, at: status[of] }))
}

/** Records that a rotation begins with the cluster now. */
export function recordRotated(name: string, read: ClusterStatus): Promise<void> {
  return writeStatus(keys.cluster(name), read, { rotatedAt: new Date().toISOString() })
}

/** The status of a cluster, from a consistent read; undefined when no setup was ever requested. */
export async function readClusterStatus(name: string): Promise<ClusterStatus | undefined> {
  const item = await getItem(keys.cluster(name))
  return item === undefined ? undefined : clusterStatus.parse(item.status)
}

/** What setups have observed and made for a cluster, as the result of an operation; undefined while a part is missing. */
export function resultOf({ cluster: facts, providerArn, webhook }: ClusterStatus): SetupResult | undefined {
  return setupResult.safeParse({ facts, providerArn, webhook }).data
}

/**
 * Records that all workloads of the cluster were verified now. Does nothing when no setup of the cluster has succeeded.
 */
export async function recordVerified(name: string): Promise<void> {
  const set = { 'status.verifiedAt': new Date().toISOString() }
  await conditionally(update(keys.cluster(name), { set }, where`attribute_exists(status.verifiedAt)`))
}

/**
 * The write that records that a setup has succeeded: all workloads of its cluster are verified, and what is of the cluster is as
 * requested.
 *
 * @param generation of the spec, if it is brought about completely
 */
export function setUpNow(
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

/** Records the keys that the deployment publishes for a cluster. None waits then to be accepted. */
export function recordPublishedKeys(
  name: string,
  publishedKeys: readonly RecordedKey[],
  read: ClusterStatus,
): Promise<void> {
  const hasWaiting = (read.waitingKeys ?? []).length > 0
  return writeStatus(keys.cluster(name), read, { publishedKeys, ...(hasWaiting && { waitingKeys: [] }) })
}

/** Records the keys that a step waits for an administrator to accept. */
export function recordWaitingKeys(name: string, waitingKeys: readonly KeyRef[], read: ClusterStatus): Promise<void> {
  return writeStatus(keys.cluster(name), read, { waitingKeys })
}

/**
 * Records that a key is accepted. Gives back false, and writes nothing, when other keys wait than were read. It needs no
 * lock, which the operation that waits holds: no step writes this field.
 */
export function recordAcceptedKey(name: string, key: AcceptedKey, read: ClusterStatus): Promise<boolean> {
  const set = { 'status.acceptedKeys': appended([key]) }
  const condition = where`status.waitingKeys = ${read.waitingKeys ?? []}`
  return conditionally(update(keys.cluster(name), { set }, condition))
}

/** Records, in one write, the keys that are revoked and those that the deployment still publishes for a cluster. */
export function recordRevokedKeys(
  name: string,
  signingKeys: Required<Pick<ClusterStatus, 'publishedKeys' | 'revokedKeys'>>,
  read: ClusterStatus,
): Promise<void> {
  return writeStatus(keys.cluster(name), read, signingKeys)
}

/**
 * Records which provider the cluster is to have. Its earlier providers stay recorded until a teardown of the whole
 * cluster.
 *
 * @param changedAt when the provider is made or tagged; left out when it is not
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

/** The write of {@link recordProvider}, for a transaction. Undefined when all of it is recorded. */
export function providerWrite(
  name: string,
  providerArn: string,
  read: ClusterStatus,
  changedAt?: string,
): Write | undefined {
  const former = allProviders(read).filter((arn) => arn !== providerArn)
  return statusWrite(keys.cluster(name), read, {
    providerArn,
    ...(changedAt !== undefined && { providerChangedAt: changedAt }),
    ...(former.length > 0 && { formerProviderArns: former }),
  })
}

/** Records that IAM does not just not show the provider of the cluster yet: it may be gone, or was not made. */
export function forgetProviderChange(name: string): Promise<void> {
  return forget(name, 'providerChangedAt')
}

/** Records that no role of the cluster trusts its former issuer any more. */
export function forgetFormerIssuer(name: string): Promise<void> {
  return forget(name, 'formerIssuer')
}

async function forget(name: string, field: 'providerChangedAt' | 'formerIssuer'): Promise<void> {
  await conditionally(update(keys.cluster(name), { remove: [`status.${field}`] }, where`attribute_exists(status)`))
}

/**
 * Records that objects of the cluster's webhook are to be in this namespace. The namespace stays recorded until a
 * teardown of the whole cluster.
 */
export function recordWebhookNamespace(name: string, namespace: string, read: ClusterStatus): Promise<void> {
  const webhookNamespaces = [...new Set([...(read.webhookNamespaces ?? []), namespace])]
  return writeStatus(keys.cluster(name), read, { webhookNamespaces })
}

/** Records whether another version of the webhook may be beside it. */
export function recordCandidate(name: string, webhookCandidate: boolean, read: ClusterStatus): Promise<void> {
  return writeStatus(keys.cluster(name), read, { webhookCandidate })
}

/** Records the webhook that pods are sent to from now on. */
export function recordActivated(
  name: string,
  webhook: NonNullable<ClusterStatus['webhook']>,
  read: ClusterStatus,
): Promise<void> {
  return writeStatus(keys.cluster(name), read, { webhook })
}

import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { explained } from '../clouds/aws/errors.ts'
import { setting } from '../settings.ts'
import type { Webhook } from '../spec/parts.ts'
import { allProviders } from './providers.ts'
import {
  type ClusterItem,
  type ClusterStatus,
  clusterItem,
  clusterStatus,
  type LockItem,
  lockItem,
  noStatus,
  type SetupResult,
  setupResult,
  type WorkloadItem,
  workloadItem,
} from './record.ts'
import { writeStatus } from './status-record.ts'
import { conditionally, getItem, indexes, keys, lists, queryItems, table, tableCall } from './table.ts'

export interface RecordedCluster {
  readonly cluster: ClusterItem
  readonly workloads: readonly WorkloadItem[]
  readonly lock?: LockItem
}

/** A cluster with its workloads and its lock: one query. Undefined when no setup was ever asked for. */
export async function readCluster(name: string): Promise<RecordedCluster | undefined> {
  const items = await queryItems({
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': keys.cluster(name).pk },
    ConsistentRead: true,
  })
  const find = (sk: string) => items.find((item) => item.sk === sk)
  const cluster = find('CLUSTER')
  if (!cluster) return undefined
  const lock = find('LOCK')
  return {
    cluster: clusterItem.parse(cluster),
    workloads: items.filter((item) => String(item.sk).startsWith('WORKLOAD#')).map((item) => workloadItem.parse(item)),
    ...(lock && { lock: lockItem.parse(lock) }),
  }
}

/** Clusters in the order of their names, those after `after` when it is given. */
export async function listClusters({
  after,
  limit,
}: {
  after?: string | undefined
  limit: number
}): Promise<ClusterItem[]> {
  const items = await queryItems(
    {
      IndexName: indexes.byList,
      KeyConditionExpression: `listed = :listed${after === undefined ? '' : ' AND listedKey > :after'}`,
      ExpressionAttributeValues: { ':listed': lists.clusters, ...(after !== undefined && { ':after': after }) },
      Limit: limit,
    },
    limit,
  )
  return items.map((item) => clusterItem.parse(item))
}

/** All clusters but this one. One that was recorded a moment ago may be missing. */
export async function otherClusters(name: string): Promise<ClusterItem[]> {
  const items = await queryItems({
    IndexName: indexes.byList,
    KeyConditionExpression: 'listed = :listed',
    ExpressionAttributeValues: { ':listed': lists.clusters },
  })
  return items.map((item) => clusterItem.parse(item)).filter(({ cluster }) => cluster !== name)
}

/** The status of a cluster, read consistently; undefined when no setup was ever asked for. */
export async function readClusterStatus(name: string): Promise<ClusterStatus | undefined> {
  const item = await getItem(keys.cluster(name))
  return item === undefined ? undefined : clusterStatus.parse(item.status)
}

/** What setups have found and made of a cluster, for the result of an operation; undefined while something is missing. */
export async function readResult(name: string): Promise<SetupResult | undefined> {
  const { cluster: facts, providerArn, webhook }: ClusterStatus = (await readClusterStatus(name)) ?? noStatus
  return setupResult.safeParse({ facts, providerArn, webhook }).data
}

/** Records that all workloads of the cluster were verified now; nothing when no setup of it has gone to its end. */
export async function recordVerified(name: string): Promise<void> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.cluster(name),
    UpdateExpression: 'SET #status.verifiedAt = :at',
    ConditionExpression: 'attribute_exists(#status.verifiedAt)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':at': new Date().toISOString() },
  })
  await conditionally('UpdateItem', table.send(command))
}

/** Records that a setup has gone to its end: all workloads of its cluster are verified. */
export async function recordSetUp(name: string): Promise<void> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.cluster(name),
    UpdateExpression: 'SET #status.verifiedAt = :at, updatedAt = :at',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':at': new Date().toISOString() },
  })
  await explained(tableCall('UpdateItem'), table.send(command))
}

/** Records what the webhook of a cluster is asked to be from now on, and what it is. */
export async function recordWebhook(name: string, webhook: { readonly spec: Webhook; readonly status: object }) {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.cluster(name),
    UpdateExpression: 'SET spec.webhook = :spec, #status.webhook = :status, updatedAt = :at',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: {
      ':spec': webhook.spec,
      ':status': webhook.status,
      ':at': new Date().toISOString(),
    },
  })
  await explained(tableCall('UpdateItem'), table.send(command))
}

/** Records that this provider is to be the cluster's; another one that it has had is known until the whole cluster is forgotten. */
export function recordProvider(name: string, providerArn: string, read: ClusterStatus): Promise<void> {
  const former = allProviders(read).filter((arn) => arn !== providerArn)
  return writeStatus(keys.cluster(name), read, {
    providerArn,
    ...(former.length > 0 && { formerProviderArns: former }),
  })
}

/** Records that the cluster's webhook, or some of it, is to be in this namespace, until the whole cluster is forgotten. */
export function recordWebhookNamespace(name: string, namespace: string, read: ClusterStatus): Promise<void> {
  const webhookNamespaces = [...new Set([...(read.webhookNamespaces ?? []), namespace])]
  return writeStatus(keys.cluster(name), read, { webhookNamespaces })
}

/** Records which webhook pods are sent to from now on. */
export function recordActivated(
  name: string,
  webhook: NonNullable<ClusterStatus['webhook']>,
  read: ClusterStatus,
): Promise<void> {
  return writeStatus(keys.cluster(name), read, { webhook })
}

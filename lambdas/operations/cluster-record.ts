import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { explained } from '../clouds/aws/errors.ts'
import { setting } from '../settings.ts'
import {
  type ClusterItem,
  clusterItem,
  type LockItem,
  lockItem,
  type SetupResult,
  type WorkloadItem,
  workloadItem,
} from './record.ts'
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

/** Notes that all workloads of the cluster were verified now; nothing when no setup of it has gone to its end. */
export async function recordVerified(name: string): Promise<void> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.cluster(name),
    UpdateExpression: 'SET #is.verifiedAt = :at',
    ConditionExpression: 'attribute_exists(#is)',
    ExpressionAttributeNames: { '#is': 'is' },
    ExpressionAttributeValues: { ':at': new Date().toISOString() },
  })
  await conditionally('UpdateItem', table.send(command))
}

const recordedIssuer = z.object({ is: z.object({ facts: z.object({ issuerUrl: z.string() }) }) })

/** The issuer of a cluster as the newest setup has found it; undefined when none has gone to its end. */
export async function readIssuer(name: string): Promise<string | undefined> {
  return recordedIssuer.safeParse(await getItem(keys.cluster(name))).data?.is.facts.issuerUrl
}

/** Records what the webhook of a cluster is asked to be from now on; and what it is, if a setup has gone to its end before. */
export async function recordWebhook(
  name: string,
  webhook: { readonly asked: object; readonly is: object },
): Promise<void> {
  const item = { TableName: setting('TABLE_NAME'), Key: keys.cluster(name) }
  const asked = new UpdateCommand({
    ...item,
    UpdateExpression: 'SET asked.webhook = :asked, updatedAt = :at',
    ExpressionAttributeValues: { ':asked': webhook.asked, ':at': new Date().toISOString() },
  })
  await explained(tableCall('UpdateItem'), table.send(asked))
  const is = new UpdateCommand({
    ...item,
    UpdateExpression: 'SET #is.webhook = :is',
    ConditionExpression: 'attribute_exists(#is)',
    ExpressionAttributeNames: { '#is': 'is' },
    ExpressionAttributeValues: { ':is': webhook.is },
  })
  await conditionally('UpdateItem', table.send(is))
}

/** Records that this provider is to be the cluster's, until the whole cluster is forgotten. */
export function recordProvider(
  name: string,
  provider: { readonly issuerUrl: string; readonly providerArn: string },
): Promise<void> {
  return updateRecorded(name, 'ADD issuerUrls :issuers SET registered = :provider', {
    ':issuers': new Set([provider.issuerUrl]),
    ':provider': provider,
  })
}

/** Records that the cluster's webhook, or some of it, is to be in this namespace, until the whole cluster is forgotten. */
export function recordWebhookNamespace(name: string, namespace: string): Promise<void> {
  return updateRecorded(name, 'ADD webhookNamespaces :namespaces', { ':namespaces': new Set([namespace]) })
}

/** Records that pods are to be sent to this webhook. */
export function recordActivated(name: string, webhook: object): Promise<void> {
  return updateRecorded(name, 'SET activated = :webhook', { ':webhook': webhook })
}

/** Nothing for a cluster that is not recorded (any more). */
async function updateRecorded(name: string, update: string, values: Record<string, unknown>): Promise<void> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.cluster(name),
    UpdateExpression: update,
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: values,
  })
  await conditionally('UpdateItem', table.send(command))
}

/** Records what a setup that went to its end has found and made: all of it, and nothing that was made since. */
export async function recordWhatIs(name: string, operationId: string, result: SetupResult): Promise<void> {
  const at = new Date().toISOString()
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.cluster(name),
    UpdateExpression: 'SET #is = :is, updatedAt = :at REMOVE registered, activated',
    ExpressionAttributeNames: { '#is': 'is' },
    ExpressionAttributeValues: { ':is': { ...result, operationId, verifiedAt: at }, ':at': at },
  })
  await explained(tableCall('UpdateItem'), table.send(command))
}

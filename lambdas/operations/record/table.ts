/**
 * The only DynamoDB table. Its keys are `pk` and `sk`. The last column names the main files, or folders, that write the
 * item. record.ts has the schemas, except thumbprintsItem (provider/thumbprint-record.ts) and claimItem
 * (claims/claim.ts).
 *
 * | pk               | sk                  | what                                        | written by                 |
 * |------------------|---------------------|---------------------------------------------|----------------------------|
 * | OPERATION#id     | OPERATION           | operationItem: status, times, error, result | start/, operations         |
 * | OPERATION#id     | REQUEST             | `request`: the validated request            | start/                     |
 * | OPERATION#id     | STEP#state[#item]   | stepItem: the progress of one step          | progress                   |
 * | CLUSTER#name     | CLUSTER             | clusterItem: spec and status                | start/, status-record      |
 * | CLUSTER#name     | LOCK                | lockItem: the operation that may change it  | start/, lock, operations   |
 * | CLUSTER#name     | WORKLOADS           | workloadsItem: the workloads of the spec    | generation                 |
 * | CLUSTER#name     | WORKLOAD#ns/account | workloadItem: status                        | workload-record, steps/    |
 * | CLUSTER#name     | THUMBPRINTS         | thumbprintsItem: certificates of the issuer | thumbprint-record          |
 * | CLUSTER#name     | KEPT#id             | an operation that has no `expiresAt` yet    | start/, set-expiry         |
 * | CLUSTER#name     | ATTEMPTS            | attemptsItem: repair attempts of one day    | start-repair               |
 * | CLUSTER#name     | WAITING#id          | waitingItem: an operation that waits        | start/, waiting            |
 * | GENERATIONS#name | number              | generationItem: an earlier or current spec  | generation                 |
 * | ROTATION         | LOCK                | lockItem: the newest rotation (no dry run)  | start/, lock               |
 * | IDEMPOTENCY#hash | IDEMPOTENCY         | idempotencyItem: of one Idempotency-Key     | start/                     |
 * | OPEN             | id                  | an operation that is not settled            | start/, settle             |
 * | CALLER#hash      | CALLER              | callerItem: running operations of a caller  | start/, slots              |
 * | CLAIM#kind#name  | CLAIM               | claimItem: owner of an external resource    | claims/                    |
 * | AGENT#name       | AGENT               | agentItem: the enrolled agent of a cluster  | agent/                     |
 * | AGENT#name       | CODE                | the hash of an unused enrolment code        | agent/                     |
 * | AGENT#name       | REQUEST#            | the newest call with which the agent waits  | agent/                     |
 * | AGENT#name       | REQUEST#id          | a sealed request to the API server          | agent/                     |
 * | AGENT#name       | ANSWER#id           | its sealed answer                           | agent/                     |
 *
 * One query of OPERATION#id answers GET /v1/operations/{id}. One query of CLUSTER#name answers GET /v1/clusters/{name}.
 * The request is a separate item, so that a change of status does not rewrite it. The reconciler gets all unsettled
 * operations by one query of OPEN, independent of the number of settled operations. The lock in ROTATION may still
 * name a rotation that has ended. An IDEMPOTENCY item names the operation that its Idempotency-Key started.
 *
 * Three sparse indexes serve the lists. All are sorted by `listedKey`:
 * - `by-list` has all operations, clusters and workloads, the locks of clusters, and claims. `listed` is "OPERATIONS",
 *   "CLUSTERS", "WORKLOADS", "LOCKS" or "CLAIMS". `listedKey` is the id of the operation (a UUIDv7, so the order is by
 *   time), the name of the cluster, cluster#ns#account, or cluster#hash of the claimed resource. "#" sorts before all
 *   characters of names, so that workloads are in the order of clusters, namespaces and accounts.
 * - `by-cluster` has the operations of one cluster. `clusterOfOperation` is the name of the cluster.
 * - `by-status` has the operations of one status, such as `failed`. `statusOfOperation` is a copy of `status`, which is
 *   not the index key because items of other kinds also have a `status`.
 *
 * `expiresAt` (seconds since 1970) is the TTL attribute of the table. Idempotency items and the items of an ended
 * operation (set-expiry.ts) have this attribute. Reads treat an expired item as deleted.
 */
import { createHash } from 'node:crypto'
import { BatchGetCommand, DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { dynamodb } from '../../clouds/aws/clients/dynamodb.ts'
import { orStepError } from '../../clouds/aws/errors.ts'
import { CloudUnavailable } from '../../errors/step-errors.ts'
import { setting } from '../../settings.ts'
import { isExpired } from './expiry.ts'
import { type Expression, placeholders } from './expression.ts'

export const table = DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } })

export const indexes = { byList: 'by-list', byCluster: 'by-cluster', byStatus: 'by-status' } as const

export const lists = {
  operations: 'OPERATIONS',
  clusters: 'CLUSTERS',
  workloads: 'WORKLOADS',
  locks: 'LOCKS',
  claims: 'CLAIMS',
} as const

/** `pk` of the operations that are not settled. */
export const openOperations = 'OPEN'

/**
 * The prefix of `sk` for operations that changed the cluster and have no `expiresAt` yet. A later operation of the
 * cluster sets it: set-expiry.ts.
 */
export const pendingExpiryPrefix = 'KEPT#'

/** The prefix of `sk` for operations that wait until their cluster is free. */
export const waitingPrefix = 'WAITING#'

export const keys = {
  operation: (operationId: string) => ({ pk: `OPERATION#${operationId}`, sk: 'OPERATION' }),
  request: (operationId: string) => ({ pk: `OPERATION#${operationId}`, sk: 'REQUEST' }),
  step: (operationId: string, state: string, item?: string) => ({
    pk: `OPERATION#${operationId}`,
    sk: item === undefined ? `STEP#${state}` : `STEP#${state}#${item}`,
  }),
  cluster: (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'CLUSTER' }),
  /** Without a cluster, the key is the lock of rotations. */
  lock: (cluster?: string) => ({ pk: cluster === undefined ? 'ROTATION' : `CLUSTER#${cluster}`, sk: 'LOCK' }),
  workloads: (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'WORKLOADS' }),
  /** The number has ten digits, so that generations sort by number. */
  generation: (cluster: string, generation: number) => ({
    pk: `GENERATIONS#${cluster}`,
    sk: String(generation).padStart(10, '0'),
  }),
  workload: (cluster: string, namespace: string, serviceAccount: string) => ({
    pk: `CLUSTER#${cluster}`,
    sk: `WORKLOAD#${namespace}/${serviceAccount}`,
  }),
  thumbprints: (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'THUMBPRINTS' }),
  attempts: (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'ATTEMPTS' }),
  pendingExpiry: (cluster: string, operationId: string) => ({
    pk: `CLUSTER#${cluster}`,
    sk: `${pendingExpiryPrefix}${operationId}`,
  }),
  waiting: (cluster: string, operationId: string) => ({
    pk: `CLUSTER#${cluster}`,
    sk: `${waitingPrefix}${operationId}`,
  }),
  open: (operationId: string) => ({ pk: openOperations, sk: operationId }),
  idempotency: (hash: string) => ({ pk: `IDEMPOTENCY#${hash}`, sk: 'IDEMPOTENCY' }),
  /** The key contains a hash, because the name of a caller may exceed the maximum length of a key. */
  caller: (name: string) => ({ pk: `CALLER#${createHash('sha256').update(name).digest('hex')}`, sk: 'CALLER' }),
  agent: (cluster: string) => ({ pk: `AGENT#${cluster}`, sk: 'AGENT' }),
  agentCode: (cluster: string) => ({ pk: `AGENT#${cluster}`, sk: 'CODE' }),
  /** One query reads this item and all requests. */
  agentWaiting: (cluster: string) => ({ pk: `AGENT#${cluster}`, sk: 'REQUEST#' }),
  agentRequest: (cluster: string, id: string) => ({ pk: `AGENT#${cluster}`, sk: `REQUEST#${id}` }),
  agentAnswer: (cluster: string, id: string) => ({ pk: `AGENT#${cluster}`, sk: `ANSWER#${id}` }),
  claim: (kind: string, resource: string) => ({ pk: `CLAIM#${kind}#${resource}`, sk: 'CLAIM' }),
} as const

export interface ItemKey {
  readonly pk: string
  readonly sk: string
}

/**
 * Returns the item of a key by a consistent read, or undefined when the item does not exist or has expired.
 *
 * @throws {StepError} when the call fails
 */
export async function getItem(key: ItemKey): Promise<Record<string, unknown> | undefined> {
  const [item] = await getItems([key])
  return item
}

/** The limit of a batch: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const mostInBatch = 100

/**
 * Returns the items of these keys, in the order of `wanted`. A missing or expired item is undefined. Makes one call for
 * each hundred keys. Each read is consistent, but the items are not a snapshot of one moment.
 *
 * @throws {CloudUnavailable} when DynamoDB omits items because of its load
 * @throws {StepError} when a call fails
 */
export async function getItems(wanted: readonly ItemKey[]): Promise<(Record<string, unknown> | undefined)[]> {
  const found: Record<string, unknown>[] = []
  // DynamoDB rejects a batch with duplicate keys.
  const keysOnce = [...new Map(wanted.map((key) => [`${key.pk} ${key.sk}`, key])).values()]
  for (let at = 0; at < keysOnce.length; at += mostInBatch) {
    found.push(...(await getBatch(keysOnce.slice(at, at + mostInBatch))))
  }
  return wanted.map(({ pk, sk }) => found.find((item) => item.pk === pk && item.sk === sk))
}

async function getBatch(wanted: readonly ItemKey[]): Promise<Record<string, unknown>[]> {
  const Keys = wanted.map(({ pk, sk }) => ({ pk, sk }))
  const command = new BatchGetCommand({ RequestItems: { [tableName()]: { Keys, ConsistentRead: true } } })
  const { Responses = {}, UnprocessedKeys = {} } = await orStepError(tableCall('BatchGetItem'), table.send(command))
  if (Object.keys(UnprocessedKeys).length > 0) throw leftOut()
  return (Responses[tableName()] ?? []).filter((item) => !isExpired(item, new Date()))
}

function leftOut(): CloudUnavailable {
  return new CloudUnavailable({
    object: tableCall('BatchGetItem').resource,
    reason: 'DynamoDB has omitted some of the requested items, because of its load',
    action: 'Do nothing unless the error recurs: the step reads again',
  })
}

interface QueryOptions {
  /** If absent, the query reads the table itself, consistently. An index is eventually consistent. */
  readonly index?: (typeof indexes)[keyof typeof indexes]
  readonly filter?: Expression | undefined
  readonly only?: readonly string[]
  /** Whether to read in descending order of the keys. */
  readonly backwards?: boolean
  /** The maximum number of items of a page, before a filter. */
  readonly pageSize?: number
}

interface Page {
  readonly items: readonly Record<string, unknown>[]
  /** The start of the next page. Absent at the end. */
  readonly next?: Readonly<Record<string, unknown>> | undefined
}

/**
 * One page of the items that match the key condition and have not expired.
 *
 * @param after `next` of the previous page
 * @throws {StepError} when the call fails
 */
export async function queryPage(
  key: Expression,
  { index, filter, only, backwards = false, pageSize }: QueryOptions = {},
  after?: Page['next'],
): Promise<Page> {
  const to = placeholders()
  const command = new QueryCommand({
    TableName: tableName(),
    KeyConditionExpression: key(to),
    ...(filter && { FilterExpression: filter(to) }),
    ...(only && { ProjectionExpression: only.map(to.path).join(', ') }),
    ...to.attributes(),
    ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
    ScanIndexForward: !backwards,
    Limit: pageSize,
    ExclusiveStartKey: after,
  })
  const { Items = [], LastEvaluatedKey } = await orStepError(tableCall('Query'), table.send(command))
  return { items: Items.filter((item) => !isExpired(item, new Date())), next: LastEvaluatedKey }
}

/**
 * Returns at most `atMost` items that match the key condition and have not expired. Reads as many pages as needed.
 *
 * @throws {StepError} when a call fails
 */
export async function queryItems(
  key: Expression,
  options: QueryOptions = {},
  atMost = Number.POSITIVE_INFINITY,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  let next: Page['next']
  do {
    const page = await queryPage(key, options, next)
    items.push(...page.items)
    next = page.next
  } while (next && items.length < atMost)
  return items.slice(0, atMost)
}

/** The part of a list to read next. */
export interface ListRange {
  /** A `listedKey`: the list continues after it. */
  readonly after?: string | undefined
  readonly itemsToRead: number
}

export interface ListPage<Entry> {
  readonly entries: readonly Entry[]
  /** The position after which the next page starts. Absent at the end of the list. */
  readonly next?: string
}

const placed = z.object({ listedKey: z.string() })

/** @throws {StepError} when the call fails */
export async function queryList<Entry>(
  key: Expression,
  options: QueryOptions,
  entry: { readonly parse: (item: unknown) => Entry },
): Promise<ListPage<Entry>> {
  const { items, next } = await queryPage(key, options)
  return { entries: items.map((item) => entry.parse(item)), ...(next && { next: placed.parse(next).listedKey }) }
}

export function tableName(): string {
  return setting('TABLE_NAME')
}

export function tableCall(action: string): { action: string; resource: string } {
  return { action: `dynamodb:${action}`, resource: `table/${tableName()}` }
}

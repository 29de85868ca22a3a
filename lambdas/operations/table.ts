/**
 * The one DynamoDB table, keys `pk` and `sk`. The shapes of its items are in record.ts.
 *
 * | pk               | sk                      | what                                                   | written by         |
 * |------------------|-------------------------|--------------------------------------------------------|--------------------|
 * | OPERATION#id     | OPERATION               | operationItem: who asked, status, times, error, result | operations.ts      |
 * | OPERATION#id     | REQUEST                 | `request`: the validated request                       | operations.ts      |
 * | OPERATION#id     | STEP#state[#ns/account] | stepItem: the progress of one step                     | progress.ts        |
 * | CLUSTER#name     | CLUSTER                 | clusterItem: spec and status                           | operations.ts, cluster-record.ts |
 * | CLUSTER#name     | LOCK                    | lockItem: the operation that may change the cluster    | operations.ts, lock.ts |
 * | CLUSTER#name     | WORKLOAD#ns/account     | workloadItem: spec and status                          | workload-record.ts |
 * | CLUSTER#name     | THUMBPRINTS             | thumbprintsItem: what its issuer's servers presented   | thumbprint-record.ts |
 * | IDEMPOTENCY#hash | IDEMPOTENCY             | idempotencyItem: the operation that a key stands for   | operations.ts      |
 *
 * One query of OPERATION#id answers GET /v1/operations/{id}; one of CLUSTER#name answers GET /v1/clusters/{name}. The
 * request lies apart from its operation, so that a change of status does not rewrite it.
 *
 * Two sparse indexes list what there is, both sorted by `listedKey`:
 * - `by-list`, for all: `listed` is "OPERATIONS", with the operation's id (a UUIDv7, so in order of time) as `listedKey`,
 *   or "CLUSTERS", with the cluster's name;
 * - `by-cluster`, for the operations of one cluster: `clusterOfOperation` is the cluster's name.
 *
 * `expiresAt` (seconds since 1970) is the table's TTL attribute; only idempotency items have it.
 */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import { dynamodb } from '../clouds/aws/clients/dynamodb.ts'
import { errorOf, explained } from '../clouds/aws/errors.ts'
import { setting } from '../settings.ts'

export const table = DynamoDBDocumentClient.from(dynamodb, { marshallOptions: { removeUndefinedValues: true } })

export const indexes = { byList: 'by-list', byCluster: 'by-cluster' } as const

/** Values of `listed`. */
export const lists = { operations: 'OPERATIONS', clusters: 'CLUSTERS' } as const

export const keys = {
  operation: (operationId: string) => ({ pk: `OPERATION#${operationId}`, sk: 'OPERATION' }),
  request: (operationId: string) => ({ pk: `OPERATION#${operationId}`, sk: 'REQUEST' }),
  step: (operationId: string, state: string, item?: string) => ({
    pk: `OPERATION#${operationId}`,
    sk: item === undefined ? `STEP#${state}` : `STEP#${state}#${item}`,
  }),
  cluster: (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'CLUSTER' }),
  lock: (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'LOCK' }),
  workload: (cluster: string, namespace: string, serviceAccount: string) => ({
    pk: `CLUSTER#${cluster}`,
    sk: `WORKLOAD#${namespace}/${serviceAccount}`,
  }),
  thumbprints: (cluster: string) => ({ pk: `CLUSTER#${cluster}`, sk: 'THUMBPRINTS' }),
  idempotency: (hash: string) => ({ pk: `IDEMPOTENCY#${hash}`, sk: 'IDEMPOTENCY' }),
} as const

/** The item of a key, read consistently, or undefined. */
export async function getItem(key: { pk: string; sk: string }): Promise<Record<string, unknown> | undefined> {
  const command = new GetCommand({ TableName: setting('TABLE_NAME'), Key: key, ConsistentRead: true })
  return (await explained(tableCall('GetItem'), table.send(command))).Item
}

/** What a query finds, over as many pages as it takes to have `atMost` items or all. */
export async function queryItems(
  query: Omit<QueryCommandInput, 'TableName'>,
  atMost = Number.POSITIVE_INFINITY,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey']
  do {
    const command = new QueryCommand({ TableName: setting('TABLE_NAME'), ...query, ExclusiveStartKey })
    const page = await explained(tableCall('Query'), table.send(command))
    items.push(...(page.Items ?? []))
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey && items.length < atMost)
  return items.slice(0, atMost)
}

/** Whether a conditional write was made: false when its condition did not hold. */
export async function conditionally(action: 'UpdateItem' | 'DeleteItem', write: Promise<unknown>): Promise<boolean> {
  try {
    await write
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw errorOf(error, tableCall(action))
  }
}

/** What an error about a call to the table names: the action, and the table. */
export function tableCall(action: string): { action: string; resource: string } {
  return { action: `dynamodb:${action}`, resource: `table/${setting('TABLE_NAME')}` }
}

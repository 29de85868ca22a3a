import path from 'node:path'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { v7 as uuidv7 } from 'uuid'
import * as z from 'zod/mini'
import { tableDefinition } from '../../infra/recovery/table-definition.ts'
import type { AccessRules } from '../../lambdas/access/configuration.ts'
import type { ApiHandler } from '../../lambdas/api/operation.ts'
import { dynamodb } from '../../lambdas/clouds/aws/clients/dynamodb.ts'
import type { OperationItem } from '../../lambdas/operations/record/record.ts'
import { keys, lists, table } from '../../lambdas/operations/record/table.ts'
import { account } from '../../sandbox/account.ts'
import { rootUserEnvironment, startAws } from '../../sandbox/aws/server.ts'
import { accessVariables } from '../../test/support/api/api.ts'
import { lambdaContext } from '../../test/support/api/lambda-context.ts'
import { exampleSpec } from '../../test/support/api/operations.ts'
import { inTemporaryFolder } from '../../tools/temporary-folder.ts'
import { table as markdownTable, type Part } from '../support/measure.ts'

const root = path.resolve(import.meta.dirname, '../..')
const counts = { operations: 100_000, clusters: 200, workloads: 10 } as const
const tableName = 'record'
const caller = `arn:aws:iam::${account.id}:user/alice`

/** Measures pages of the API's lists over 100,000 operations: requests to DynamoDB, and durations in the sandbox. */
export function records(): Promise<Part> {
  return inTemporaryFolder(async (directory) => {
    const aws = await startAws({
      python: path.join(root, '.sandbox/venv/bin/python'),
      directory,
      environment: {},
      auth: false,
    })
    // MiniStack may take longer than the request timeout of the product's client.
    dynamodb.config.requestHandler = new DynamoDBClient({
      requestHandler: { requestTimeout: 300_000 },
    }).config.requestHandler
    Object.assign(process.env, rootUserEnvironment(aws.endpoint, account.region), settings())
    try {
      await table.send(new CreateTableCommand(tableDefinition(tableName)))
      await fill()
      const rows: string[][] = []
      for (const list of await pages()) rows.push(await rowOf(list))
      const head = ['page of 50', 'entries', 'queries', 'items read', 'ms in the sandbox']
      return { title: 'Lists of a long record', text: `${markdownTable(head, rows)}\n\n${note}` }
    } finally {
      await aws.close()
    }
  })
}

const note = `${counts.operations.toLocaleString('en')} operations, ${counts.clusters} clusters, and ${counts.workloads} workloads of each. About one operation in a hundred has failed, and one in a
thousand is a teardown. Each page is requested once. For each query, MiniStack reads all items of a partition of an index, so the
times do not apply to DynamoDB, which reads only the items that the table counts. A page of a filter without its own index may be short, and the next page
continues from there.`

function settings(): Record<string, string> {
  const rules: AccessRules = {
    grants: [{ name: 'administrators', role: 'administrator', to: [{ iam: { user: 'alice' } }] }],
    issuers: {},
    policies: {},
  }
  return {
    TABLE_NAME: tableName,
    ACCOUNT_ID: account.id,
    ...accessVariables(rules),
    STATE_MACHINE_ARNS: '{}',
  }
}

async function fill(): Promise<void> {
  const clusters = Array.from({ length: counts.clusters }, (_, index) => `cluster-${String(index).padStart(3, '0')}`)
  const items = [
    ...clusters.flatMap((name) => [clusterOf(name), ...workloadsOf(name)]),
    ...Array.from({ length: counts.operations }, (_, index) => operationOf(index, clusters)),
  ]
  for (let at = 0; at < items.length; at += 25) {
    const RequestItems = { [tableName]: items.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } })) }
    await table.send(new BatchWriteCommand({ RequestItems }))
  }
}

/** The operations were created ten minutes apart. */
function operationOf(index: number, clusters: readonly string[]) {
  const at = Date.now() - (counts.operations - index + 1) * 600_000
  const operationId = uuidv7({ msecs: at })
  const cluster = clusters[index % clusters.length]
  const status = index % 101 === 0 ? 'failed' : 'succeeded'
  const times = { createdAt: new Date(at).toISOString(), endedAt: new Date(at + 60_000).toISOString() }
  const operation = { operationId, kind: kindOf(index), cluster, status, requestedBy: caller, ...times }
  const indexKeys = {
    listed: lists.operations,
    listedKey: operationId,
    clusterOfOperation: cluster,
    statusOfOperation: status,
  }
  return { ...keys.operation(operationId), ...operation, ...indexKeys }
}

function kindOf(index: number): OperationItem['kind'] {
  if (index % 997 === 0) return 'teardown'
  return (['verification', 'drift', 'verification', 'plan', 'setup'] as const)[index % 5] ?? 'setup'
}

const at = '2026-01-01T00:00:00.000Z'

function clusterOf(cluster: string) {
  const spec = exampleSpec('existing-cluster', { cluster: { name: cluster } })
  const recorded = { cluster, spec, status: { conditions: {} }, lastOperationId: 'o', createdAt: at, updatedAt: at }
  return { ...keys.cluster(cluster), ...recorded, listed: lists.clusters, listedKey: cluster }
}

function workloadsOf(cluster: string) {
  return Array.from({ length: counts.workloads }, (_, index) => {
    const ref = { namespace: 'default', serviceAccount: `account-${index}` }
    const spec = { name: ref.serviceAccount, policyArns: [], maxSessionSeconds: 3600 }
    const listedKey = `${cluster}#${ref.namespace}#${ref.serviceAccount}`
    const recorded = { cluster, ...ref, spec, status: { conditions: {} }, updatedAt: at }
    return {
      ...keys.workload(cluster, ref.namespace, ref.serviceAccount),
      ...recorded,
      listed: lists.workloads,
      listedKey,
    }
  })
}

interface List {
  readonly name: string
  readonly handler: ApiHandler
  readonly query: Readonly<Record<string, string>>
}

async function pages(): Promise<List[]> {
  const { handler: operations } = await import('../../lambdas/api/operations/list-operations.ts')
  const { handler: clusters } = await import('../../lambdas/api/clusters/list-clusters.ts')
  const { handler: workloads } = await import('../../lambdas/api/workloads/list-workloads.ts')
  const old = uuidv7({ msecs: Date.now() - counts.operations * 0.9 * 600_000 })
  const list = (path: string, handler: ApiHandler, query: Record<string, string> = {}): List => ({
    name: `\`${path}${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ''}\``,
    handler,
    query,
  })
  const ofOperations = (query?: Record<string, string>) => list('/v1/operations', operations, query)
  return [
    ofOperations(),
    { ...ofOperations({ after: old }), name: '`/v1/operations`, nine tenths down' },
    ofOperations({ status: 'failed' }),
    ofOperations({ status: 'running' }),
    ofOperations({ cluster: 'cluster-100' }),
    ofOperations({ cluster: 'cluster-100', status: 'failed' }),
    ofOperations({ kind: 'drift' }),
    ofOperations({ kind: 'teardown' }),
    list('/v1/clusters', clusters),
    list('/v1/workloads', workloads),
    list('/v1/workloads', workloads, { namespace: 'default' }),
  ]
}

async function rowOf({ name, handler, query }: List): Promise<string[]> {
  const counting = countReads()
  const since = performance.now()
  const entries = await entriesOf(handler, query)
  const milliseconds = performance.now() - since
  const { queries, items } = counting.end()
  return [name, String(entries), String(queries), items.toLocaleString('en'), milliseconds.toFixed(0)]
}

const page = z.record(z.string(), z.unknown())

async function entriesOf(handler: ApiHandler, query: List['query']): Promise<number> {
  const authorizer = { iam: { userArn: caller } }
  const event = {
    routeKey: 'ANY /',
    headers: {},
    queryStringParameters: query,
    requestContext: { requestId: 'id', authorizer },
  }
  const { statusCode, body = '' } = await withoutOutput(() => handler(event, lambdaContext()))
  if (statusCode !== 200) throw new Error(`a list answered ${statusCode}: ${body}`)
  const list = Object.values(page.parse(JSON.parse(body))).find(Array.isArray)
  return list?.length ?? 0
}

/** Discards standard output, to which the functions log their decisions. */
async function withoutOutput<Result>(run: () => Promise<Result>): Promise<Result> {
  const { write } = process.stdout
  process.stdout.write = () => true
  try {
    return await run()
  } finally {
    process.stdout.write = write
  }
}

interface Read {
  queries: number
  items: number
}

const answer = z.object({ ScannedCount: z.number() })

/** Counts the requests of the functions to DynamoDB until `end` is called. */
function countReads(): { end(): Read } {
  const read: Read = { queries: 0, items: 0 }
  table.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      read.queries += 1
      read.items += answer.parse(result.output).ScannedCount
      return result
    },
    { step: 'initialize', name: 'countReads' },
  )
  return {
    end() {
      table.middlewareStack.remove('countReads')
      return read
    },
  }
}

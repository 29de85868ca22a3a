import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'

/**
 * The keys of the table and of its indexes. All keys are strings, and each index has all attributes of the items.
 * lambdas/operations/record/table.ts describes them.
 */
export const recordKeys = { partitionKey: 'pk', sortKey: 'sk' } as const
export const recordIndexes = [
  { indexName: 'by-list', partitionKey: 'listed', sortKey: 'listedKey' },
  { indexName: 'by-cluster', partitionKey: 'clusterOfOperation', sortKey: 'listedKey' },
  { indexName: 'by-status', partitionKey: 'statusOfOperation', sortKey: 'listedKey' },
] as const
export const expiryAttribute = 'expiresAt'

interface Keys {
  readonly partitionKey: string
  readonly sortKey: string
}

/** The record's table as infra/record-table.ts deploys it. */
export function tableDefinition(name: string) {
  const attributes = new Set(
    [recordKeys, ...recordIndexes].flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]),
  )
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keySchema(recordKeys),
    GlobalSecondaryIndexes: recordIndexes.map((index) => ({
      IndexName: index.indexName,
      KeySchema: keySchema(index),
      Projection: { ProjectionType: 'ALL' as const },
    })),
  } satisfies CreateTableCommandInput
}

function keySchema({ partitionKey, sortKey }: Keys) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ]
}

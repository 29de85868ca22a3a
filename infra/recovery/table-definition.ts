import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'

const attributes = ['pk', 'sk', 'listed', 'listedKey', 'clusterOfOperation', 'statusOfOperation']

/** The record's table as infra/record-table.ts deploys it; a test of the template holds the two together. */
export function tableDefinition(name: string) {
  const index = (IndexName: string, partitionKey: string) => ({
    IndexName,
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' as const },
      { AttributeName: 'listedKey', KeyType: 'RANGE' as const },
    ],
    Projection: { ProjectionType: 'ALL' as const },
  })
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      index('by-list', 'listed'),
      index('by-cluster', 'clusterOfOperation'),
      index('by-status', 'statusOfOperation'),
    ],
  } satisfies CreateTableCommandInput
}

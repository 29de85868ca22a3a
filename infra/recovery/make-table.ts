import { setTimeout as sleep } from 'node:timers/promises'
import {
  ContinuousBackupsUnavailableException,
  CreateTableCommand,
  DescribeTableCommand,
  ResourceNotFoundException,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { dynamodb } from '../../lambdas/clouds/aws/clients/dynamodb.ts'
import { expiryAttribute, tableDefinition } from './table-definition.ts'

const maxWaitSeconds = 600
const pauseMs = 2_000

export interface TableSettings {
  readonly kmsKeys: { readonly table?: string | undefined }
  readonly tags: Readonly<Record<string, string>>
  readonly removalPolicy: 'retain' | 'destroy'
}

export async function hasTable(tableName: string): Promise<boolean> {
  try {
    await dynamodb.send(new DescribeTableCommand({ TableName: tableName }))
    return true
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false
    throw error
  }
}

/** Creates the table as a deployment does, without items. The promise resolves when the table is ready. */
export async function makeTable(tableName: string, settings: TableSettings): Promise<void> {
  const Tags = Object.entries(settings.tags).map(([Key, Value]) => ({ Key, Value }))
  const create = new CreateTableCommand({
    ...tableDefinition(tableName),
    ...encryptedBy(settings.kmsKeys.table),
    DeletionProtectionEnabled: settings.removalPolicy === 'retain',
    Tags,
  })
  await dynamodb.send(create)
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: maxWaitSeconds }, { TableName: tableName })
  const TimeToLiveSpecification = { Enabled: true, AttributeName: expiryAttribute }
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: tableName, TimeToLiveSpecification }))
  await enablePointInTimeRecovery(tableName)
}

function encryptedBy(keyArn: string | undefined) {
  return (
    keyArn !== undefined && { SSESpecification: { Enabled: true, SSEType: 'KMS' as const, KMSMasterKeyId: keyArn } }
  )
}

/**
 * Enables point-in-time recovery. For some seconds after a new table is ready, DynamoDB answers with
 * ContinuousBackupsUnavailableException:
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
 */
async function enablePointInTimeRecovery(TableName: string): Promise<void> {
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
  const command = new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification })
  const until = Date.now() + maxWaitSeconds * 1_000
  for (;;) {
    try {
      await dynamodb.send(command)
      return
    } catch (error) {
      if (!(error instanceof ContinuousBackupsUnavailableException) || Date.now() > until) throw error
      await sleep(pauseMs)
    }
  }
}

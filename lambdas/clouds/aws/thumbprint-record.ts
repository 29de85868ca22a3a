/** Which thumbprints the servers of a cluster's issuer were seen with, and when: what rotations decide by. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { thumbprintsItem } from '../../domain/record.ts'
import type { History } from '../../domain/thumbprint-rotation.ts'
import { setting } from '../../settings.ts'
import { explained } from './error-of.ts'
import { getItem, keys, table, tableCall } from './table.ts'

/** Empty before the first rotation. */
export async function readThumbprintHistory(cluster: string): Promise<History> {
  const item = await getItem(keys.thumbprints(cluster))
  return item === undefined ? {} : thumbprintsItem.parse(item).seen
}

export async function writeThumbprintHistory(cluster: string, seen: History): Promise<void> {
  const command = new UpdateCommand({
    TableName: setting('TABLE_NAME'),
    Key: keys.thumbprints(cluster),
    UpdateExpression: 'SET seen = :seen',
    ExpressionAttributeValues: { ':seen': seen },
  })
  await explained(tableCall('UpdateItem'), table.send(command))
}

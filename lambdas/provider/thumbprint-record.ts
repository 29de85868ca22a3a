/** The thumbprints that the servers of a cluster's issuer presented, and when. Rotations decide by this history. */
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { explained } from '../clouds/aws/errors.ts'
import { getItem, keys, table, tableCall } from '../operations/table.ts'
import { setting } from '../settings.ts'
import { type History, sighting } from './thumbprint-rotation.ts'

export const thumbprintsItem = z.object({ seen: z.record(z.string(), sighting) })

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

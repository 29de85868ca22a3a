import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import type { System } from '../../e2e/support/system.ts'

/** Takes the lock of a cluster away, whoever holds it. */
export async function deleteLock(system: System, cluster: string): Promise<void> {
  const TableName = system.sandbox.deployment.outputs.TableName
  await client(system).send(new DeleteItemCommand({ TableName, Key: keyOf(cluster) }))
}

/** Leaves the lock of a cluster with an operation that took it a minute ago, as a crash may. */
export async function leaveLock(system: System, cluster: string, operationId: string): Promise<void> {
  const takenAt = new Date(Date.now() - 60_000).toISOString()
  const Item = { ...keyOf(cluster), operationId: { S: operationId }, takenAt: { S: takenAt } }
  await client(system).send(new PutItemCommand({ TableName: system.sandbox.deployment.outputs.TableName, Item }))
}

function keyOf(cluster: string) {
  return { pk: { S: `CLUSTER#${cluster}` }, sk: { S: 'LOCK' } }
}

function client({ sandbox }: System): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: sandbox.aws.endpoint,
    region: account.region,
    credentials: rootCredentials,
  })
}

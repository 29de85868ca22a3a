import { DeleteItemCommand, DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { OperationStatus } from '../../../lambdas/operations/record.ts'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { leaveOperation } from '../../e2e/support/lost-operation.ts'
import type { System } from '../../e2e/support/system.ts'

/** Takes the lock of a cluster away, whoever holds it. */
export async function deleteLock(system: System, cluster: string): Promise<void> {
  const TableName = system.sandbox.deployment.outputs.TableName
  await client(system).send(new DeleteItemCommand({ TableName, Key: keyOf(cluster) }))
}

/** Takes the lock of rotations away. */
export async function deleteRotationLock(system: System): Promise<void> {
  const TableName = system.sandbox.deployment.outputs.TableName
  await client(system).send(new DeleteItemCommand({ TableName, Key: rotationKey }))
}

/** Leaves the lock of rotations with one whose execution is gone: the next rotation ends it, and takes the lock over. */
export async function leaveRotationLock(system: System): Promise<() => Promise<void>> {
  const operationId = await leaveOperation(system, { kind: 'rotation' })
  const Item = { ...rotationKey, operationId: { S: operationId }, acquiredAt: { S: new Date().toISOString() } }
  await client(system).send(new PutItemCommand({ TableName: system.sandbox.deployment.outputs.TableName, Item }))
  return () => deleteRotationLock(system)
}

/**
 * Leaves the lock of a cluster with an operation that took it a minute ago, as a crash may that has kept its end from being
 * recorded. Gives back what puts both right again.
 */
export async function leaveLock(system: System, cluster: string, operationId: string): Promise<() => Promise<void>> {
  const acquiredAt = new Date(Date.now() - 60_000).toISOString()
  const Item = { ...keyOf(cluster), ...listed(cluster), operationId: { S: operationId }, acquiredAt: { S: acquiredAt } }
  await client(system).send(new PutItemCommand({ TableName: system.sandbox.deployment.outputs.TableName, Item }))
  await setStatus(system, operationId, 'running')
  return async () => {
    await deleteLock(system, cluster)
    await setStatus(system, operationId, 'succeeded')
  }
}

/** Gives the spec of a cluster another number. */
export async function makeGeneration(system: System, cluster: string, generation: number): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: system.sandbox.deployment.outputs.TableName,
    Key: { pk: { S: `CLUSTER#${cluster}` }, sk: { S: 'CLUSTER' } },
    UpdateExpression: 'SET generation = :generation',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':generation': { N: String(generation) } },
  })
  await client(system).send(command)
}

async function setStatus(system: System, operationId: string, status: OperationStatus): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: system.sandbox.deployment.outputs.TableName,
    Key: { pk: { S: `OPERATION#${operationId}` }, sk: { S: 'OPERATION' } },
    UpdateExpression: 'SET #status = :status',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: { ':status': { S: status } },
  })
  await client(system).send(command)
}

const rotationKey = { pk: { S: 'ROTATION' }, sk: { S: 'LOCK' } }

function keyOf(cluster: string) {
  return { pk: { S: `CLUSTER#${cluster}` }, sk: { S: 'LOCK' } }
}

/** What shows the lock in lists. */
function listed(cluster: string) {
  return { listed: { S: 'LOCKS' }, listedKey: { S: cluster } }
}

function client({ sandbox }: System): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: sandbox.aws.endpoint,
    region: account.region,
    credentials: rootCredentials,
  })
}

import { setTimeout as sleep } from 'node:timers/promises'
import {
  ConditionalCheckFailedException,
  DeleteTableCommand,
  DynamoDBClient,
  UpdateTableCommand,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'
import { IAMClient } from '@aws-sdk/client-iam'
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import type { AnySystem } from './system.ts'

/** For what a test arranges and looks at, as the account's root user. */
export function iamClient({ sandbox }: AnySystem): IAMClient {
  return new IAMClient(clientOf(sandbox.aws.endpoint))
}

/** Stops the execution of an operation, as somebody may in the console of Step Functions. */
export async function stopExecution(system: AnySystem, operationId: string, kind: Executed = 'Setup'): Promise<void> {
  const client = new SFNClient(clientOf(system.sandbox.aws.endpoint))
  await client.send(new StopExecutionCommand({ executionArn: executionArnOf(system, operationId, kind) }))
  client.destroy()
}

/** Starts what the schedule of drifts starts, and gives back how it ends. */
export async function runDrifts(
  system: AnySystem,
  event: { readonly schedule: string; readonly scheduledTime: string },
): Promise<{ readonly status: string; readonly cause: string | undefined }> {
  const client = new SFNClient(clientOf(system.sandbox.aws.endpoint))
  const stateMachineArn = outputOf(system, 'DriftsStateMachineArn')
  const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(event) })
  const { executionArn } = await client.send(start)
  for (;;) {
    const { status = 'RUNNING', cause } = await client.send(new DescribeExecutionCommand({ executionArn }))
    if (status !== 'RUNNING') return { status, cause }
    await sleep(200)
  }
}

/** Starts the execution of a setup that is recorded already, with an input that the API has not seen. */
export async function startExecution(system: AnySystem, operationId: string, request: unknown): Promise<void> {
  const client = new SFNClient(clientOf(system.sandbox.aws.endpoint))
  const stateMachineArn = outputOf(system, 'SetupStateMachineArn')
  const input = JSON.stringify({ operationId, request })
  await client.send(new StartExecutionCommand({ stateMachineArn, name: operationId, input }))
  client.destroy()
}

/** How the execution of an operation stands: RUNNING, SUCCEEDED, FAILED, ABORTED. */
export async function executionStatus(system: AnySystem, operationId: string): Promise<string | undefined> {
  const client = new SFNClient(clientOf(system.sandbox.aws.endpoint))
  const executionArn = executionArnOf(system, operationId)
  const { status } = await client.send(new DescribeExecutionCommand({ executionArn }))
  client.destroy()
  return status
}

/** How the executions of batches stand, the newest first. */
export async function batchStatuses(system: AnySystem): Promise<string[]> {
  const client = new SFNClient(clientOf(system.sandbox.aws.endpoint))
  const stateMachineArn = outputOf(system, 'BatchStateMachineArn')
  const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1000 }))
  client.destroy()
  return executions.map(({ status = '' }) => status)
}

type Executed = 'Setup' | 'Teardown'

function executionArnOf(system: AnySystem, operationId: string, kind: Executed = 'Setup'): string {
  return `${outputOf(system, `${kind}StateMachineArn`).replace(':stateMachine:', ':execution:')}:${operationId}`
}

/** Leaves a cluster's lock with this operation, as a crash does. */
export async function leaveLock(system: AnySystem, cluster: string, lock: { operationId: string; acquiredAt: Date }) {
  const client = new DynamoDBClient(clientOf(system.sandbox.aws.endpoint))
  const { operationId, acquiredAt } = lock
  const listed = { listed: 'LOCKS', listedKey: cluster }
  const Item = { pk: `CLUSTER#${cluster}`, sk: 'LOCK', operationId, acquiredAt: acquiredAt.toISOString(), ...listed }
  const put = new PutCommand({ TableName: outputOf(system, 'TableName'), Item })
  await DynamoDBDocumentClient.from(client).send(put)
  client.destroy()
}

/** Records when a rotation last began with a cluster, or that none has. Nothing is written of a cluster that is gone. */
export async function setRotatedAt(system: AnySystem, cluster: string, at?: string): Promise<void> {
  const client = new DynamoDBClient(clientOf(system.sandbox.aws.endpoint))
  const command = new UpdateCommand({
    TableName: outputOf(system, 'TableName'),
    Key: { pk: `CLUSTER#${cluster}`, sk: 'CLUSTER' },
    ConditionExpression: 'attribute_exists(pk)',
    ...(at === undefined
      ? { UpdateExpression: 'REMOVE #status.rotatedAt' }
      : { UpdateExpression: 'SET #status.rotatedAt = :at', ExpressionAttributeValues: { ':at': at } }),
    ExpressionAttributeNames: { '#status': 'status' },
  })
  const sent = DynamoDBDocumentClient.from(client).send(command)
  await sent.catch((error: unknown) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error
  })
  client.destroy()
}

/** Puts an item into the record's table. */
export async function putRecord(system: AnySystem, Item: Record<string, unknown>): Promise<void> {
  const client = new DynamoDBClient(clientOf(system.sandbox.aws.endpoint))
  await DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: outputOf(system, 'TableName'), Item }))
  client.destroy()
}

/** An item of the record's table. */
export async function readRecord(system: AnySystem, Key: { pk: string; sk: string }): Promise<Record<string, unknown>> {
  const client = new DynamoDBClient(clientOf(system.sandbox.aws.endpoint))
  const command = new GetCommand({ TableName: outputOf(system, 'TableName'), Key })
  const { Item = {} } = await DynamoDBDocumentClient.from(client).send(command)
  client.destroy()
  return Item
}

/** Deletes the table of the record. */
export async function deleteRecord(system: AnySystem): Promise<void> {
  const client = new DynamoDBClient(clientOf(system.sandbox.aws.endpoint))
  const TableName = outputOf(system, 'TableName')
  await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))
  await client.send(new DeleteTableCommand({ TableName }))
  await waitUntilTableNotExists({ client, maxWaitTime: 60 }, { TableName })
  client.destroy()
}

/** The copy of a cluster's record. */
export async function readCopy(system: AnySystem, cluster: string): Promise<unknown> {
  const client = new S3Client({ ...clientOf(system.sandbox.aws.endpoint), forcePathStyle: true })
  const ref = { Bucket: outputOf(system, 'RecordCopiesBucketName'), Key: `clusters/${cluster}.json` }
  const { Body } = await client.send(new GetObjectCommand(ref))
  const text = await Body?.transformToString()
  client.destroy()
  return JSON.parse(text ?? '')
}

/** Deletes the copy of a cluster's record. */
export async function deleteCopy(system: AnySystem, cluster: string): Promise<void> {
  const client = new S3Client({ ...clientOf(system.sandbox.aws.endpoint), forcePathStyle: true })
  const ref = { Bucket: outputOf(system, 'RecordCopiesBucketName'), Key: `clusters/${cluster}.json` }
  await client.send(new DeleteObjectCommand(ref))
  client.destroy()
}

/** The text of each document that the deployment hosts for a cluster, by its key. */
export async function hostedDocuments(system: AnySystem, cluster: string): Promise<Readonly<Record<string, string>>> {
  const client = new S3Client({ ...clientOf(system.sandbox.aws.endpoint), forcePathStyle: true })
  const Bucket = outputOf(system, 'IssuerBucketName')
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${cluster}/` }))
  const documents = await Promise.all(
    Contents.map(async ({ Key = '' }) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
      return [Key, (await Body?.transformToString()) ?? ''] as const
    }),
  )
  client.destroy()
  return Object.fromEntries(documents)
}

function clientOf(endpoint: string) {
  return { endpoint, region: account.region, credentials: rootCredentials }
}

function outputOf({ sandbox }: Pick<AnySystem, 'sandbox'>, name: string): string {
  const value = sandbox.deployment.outputs[name]
  if (value === undefined) throw new Error(`the deployment has no output ${name}`)
  return value
}

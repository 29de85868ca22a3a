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
import { DeleteSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
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

/** A client of the account's root user. */
export function iamClient({ sandbox }: AnySystem): IAMClient {
  return new IAMClient(rootAt(sandbox.aws.endpoint))
}

const clients = new Map<string, ReturnType<typeof clientsAt>>()

/** Clients of the account's root user, one for each service, which all tests of a worker share. */
export function rootOf({ sandbox }: AnySystem): ReturnType<typeof clientsAt> {
  const { endpoint } = sandbox.aws
  const made = clients.get(endpoint) ?? clientsAt(endpoint)
  clients.set(endpoint, made)
  return made
}

function clientsAt(endpoint: string) {
  const root = rootAt(endpoint)
  return {
    sfn: new SFNClient(root),
    s3: new S3Client({ ...root, forcePathStyle: true }),
    secrets: new SecretsManagerClient(root),
    record: DynamoDBDocumentClient.from(new DynamoDBClient(root)),
  }
}

function rootAt(endpoint: string) {
  return { endpoint, region: account.region, credentials: rootCredentials }
}

/** Stops the execution of an operation, as a user can in the console of Step Functions. */
export async function stopExecution(system: AnySystem, operationId: string, kind: Executed = 'Setup'): Promise<void> {
  const executionArn = executionArnOf(system, operationId, kind)
  await rootOf(system).sfn.send(new StopExecutionCommand({ executionArn }))
}

/** Starts the state machine of the drift schedule, and returns how its execution ends. */
export async function runDrifts(
  system: AnySystem,
  event: { readonly schedule: string; readonly scheduledTime: string },
): Promise<{ readonly status: string; readonly cause: string | undefined }> {
  const { sfn } = rootOf(system)
  const stateMachineArn = outputOf(system, 'DriftsStateMachineArn')
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(event) }))
  for (;;) {
    const { status = 'RUNNING', cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }))
    if (status !== 'RUNNING') return { status, cause }
    await sleep(200)
  }
}

/** Starts the execution of a recorded setup, with an input that the API has not checked. */
export async function startExecution(system: AnySystem, operationId: string, request: unknown): Promise<void> {
  const stateMachineArn = outputOf(system, 'SetupStateMachineArn')
  const input = JSON.stringify({ operationId, request })
  await rootOf(system).sfn.send(new StartExecutionCommand({ stateMachineArn, name: operationId, input }))
}

/** The status of an operation's execution: RUNNING, SUCCEEDED, FAILED, ABORTED. */
export async function executionStatus(
  system: AnySystem,
  operationId: string,
  kind?: Executed,
): Promise<string | undefined> {
  const executionArn = executionArnOf(system, operationId, kind)
  return (await rootOf(system).sfn.send(new DescribeExecutionCommand({ executionArn }))).status
}

/** The statuses of the batch executions, the newest first. */
export async function batchStatuses(system: AnySystem): Promise<string[]> {
  const list = new ListExecutionsCommand({
    stateMachineArn: outputOf(system, 'BatchStateMachineArn'),
    maxResults: 1000,
  })
  const { executions = [] } = await rootOf(system).sfn.send(list)
  return executions.map(({ status = '' }) => status)
}

type Executed = 'Setup' | 'Teardown' | 'Drift'

function executionArnOf(system: AnySystem, operationId: string, kind: Executed = 'Setup'): string {
  return `${outputOf(system, `${kind}StateMachineArn`).replace(':stateMachine:', ':execution:')}:${operationId}`
}

/** Writes a cluster's lock for this operation, as a crash leaves it. */
export function leaveLock(
  system: AnySystem,
  cluster: string,
  { operationId, acquiredAt }: { operationId: string; acquiredAt: Date },
): Promise<void> {
  return putRecord(system, lockItem(cluster, operationId, acquiredAt.toISOString()))
}

/** The item of a cluster's lock, with its keys in lists. */
export function lockItem(cluster: string, operationId: string, acquiredAt: string) {
  return { pk: `CLUSTER#${cluster}`, sk: 'LOCK', operationId, acquiredAt, listed: 'LOCKS', listedKey: cluster }
}

/** Records when a rotation last began with a cluster, or that none has. Writes nothing for a cluster without a record. */
export async function setRotatedAt(system: AnySystem, cluster: string, at?: string): Promise<void> {
  const command = new UpdateCommand({
    TableName: outputOf(system, 'TableName'),
    Key: { pk: `CLUSTER#${cluster}`, sk: 'CLUSTER' },
    ConditionExpression: 'attribute_exists(pk)',
    ...(at === undefined
      ? { UpdateExpression: 'REMOVE #status.rotatedAt' }
      : { UpdateExpression: 'SET #status.rotatedAt = :at', ExpressionAttributeValues: { ':at': at } }),
    ExpressionAttributeNames: { '#status': 'status' },
  })
  const sent = rootOf(system).record.send(command)
  await sent.catch((error: unknown) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error
  })
}

/** Puts an item into the record's table. */
export async function putRecord(system: AnySystem, Item: Record<string, unknown>): Promise<void> {
  await rootOf(system).record.send(new PutCommand({ TableName: outputOf(system, 'TableName'), Item }))
}

/** An item of the record's table. */
export async function readRecord(system: AnySystem, Key: { pk: string; sk: string }): Promise<Record<string, unknown>> {
  const command = new GetCommand({ TableName: outputOf(system, 'TableName'), Key })
  const { Item = {} } = await rootOf(system).record.send(command)
  return Item
}

/** Deletes the table of the record. */
export async function deleteRecord(system: AnySystem): Promise<void> {
  const client = new DynamoDBClient(rootAt(system.sandbox.aws.endpoint))
  const TableName = outputOf(system, 'TableName')
  await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))
  await client.send(new DeleteTableCommand({ TableName }))
  await waitUntilTableNotExists({ client, maxWaitTime: 60 }, { TableName })
  client.destroy()
}

/** The copy of a cluster's record. */
export async function readCopy(system: AnySystem, cluster: string): Promise<unknown> {
  const { Body } = await rootOf(system).s3.send(new GetObjectCommand(copyOf(system, cluster)))
  return JSON.parse((await Body?.transformToString()) ?? '')
}

/** Deletes the copy of a cluster's record. */
export async function deleteCopy(system: AnySystem, cluster: string): Promise<void> {
  await rootOf(system).s3.send(new DeleteObjectCommand(copyOf(system, cluster)))
}

function copyOf(system: AnySystem, cluster: string) {
  return { Bucket: outputOf(system, 'RecordCopiesBucketName'), Key: `clusters/${cluster}.json` }
}

/** The text of each document that the deployment hosts for a cluster, by its key. */
export async function hostedDocuments(system: AnySystem, cluster: string): Promise<Readonly<Record<string, string>>> {
  const { s3 } = rootOf(system)
  const Bucket = outputOf(system, 'IssuerBucketName')
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${cluster}/` }))
  const documents = Contents.map(async ({ Key = '' }) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    return [Key, (await Body?.transformToString()) ?? ''] as const
  })
  return Object.fromEntries(await Promise.all(documents))
}

/** @param SecretId name or ARN */
export async function secretValue(system: AnySystem, SecretId: string): Promise<string> {
  const { SecretString = '' } = await rootOf(system).secrets.send(new GetSecretValueCommand({ SecretId }))
  return SecretString
}

/** @param SecretId name or ARN */
export async function deleteSecret(system: AnySystem, SecretId: string): Promise<void> {
  await rootOf(system).secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }))
}

/** @throws {Error} when the deployment has no such output */
export function outputOf({ sandbox }: AnySystem, name: string): string {
  const value = sandbox.deployment.outputs[name]
  if (value === undefined) throw new Error(`the deployment has no output ${name}`)
  return value
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, type Tag } from '@aws-sdk/client-iam'
import { DeleteCommand, paginateScan } from '@aws-sdk/lib-dynamodb'
import { expect, test } from 'vitest'
import { providerResource, roleResource } from '../../../lambdas/claims/claim.ts'
import { ownerOfEach } from '../../../lambdas/claims/claims.ts'
import { dynamodb } from '../../../lambdas/clouds/aws/clients/dynamodb.ts'
import { settle } from '../../../lambdas/operations/reconcile/settle.ts'
import { type RecordedCluster, readCluster } from '../../../lambdas/operations/record/cluster-record.ts'
import { endOperation } from '../../../lambdas/operations/record/operations.ts'
import { table } from '../../../lambdas/operations/record/table.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { tagsFor } from '../../../lambdas/ownership/ownership.ts'
import { newOperation, recordRole, recordSetUpAs, type SetUpAs } from '../../support/api/operations.ts'
import { settings } from '../../support/aws/aws-account.ts'
import { notifiedAccount } from '../../support/aws/notified-account.ts'
import { deployment } from '../../support/steps/deployment.ts'

const run = promisify(execFile)
const account = notifiedAccount()
const TableName = settings.TABLE_NAME
const trusting = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
const ref = { namespace: 'default', serviceAccount: 's3-reader' }

test('a recovery restores the items of an emptied table, and does not overwrite existing items', async () => {
  const before = await setUpAndCopied()
  const name = before.cluster.cluster
  await emptyTable()
  expect(await readCluster(name)).toBeUndefined()
  expect(await recover()).toContain(`${name}: 3 items written, 0 existed`)
  expect(await readCluster(name)).toEqual(before)
  await recordSetUpAs(name, { providerArn: 'arn:newer' })
  expect(await recover()).toContain(`${name}: 0 items written, 3 existed`)
  expect((await readCluster(name))?.cluster.status.providerArn).toBe('arn:newer')
})

test('with --create-table a recovery creates a deleted table with the settings of a deployment', async () => {
  const before = await setUpAndCopied()
  const name = before.cluster.cluster
  await dynamodb.send(new DeleteTableCommand({ TableName }))
  await waitUntilTableNotExists({ client: dynamodb, maxWaitTime: 60 }, { TableName })
  await expect(recover()).rejects.toMatchObject({
    stderr: expect.stringMatching(new RegExp(`^There is no table ${TableName} in .*add --create-table$`, 'm')),
  })
  const printed = await recover('--create-table')
  expect(printed).toMatch(new RegExp(`^${TableName}: created\n(?:.*\n)*${name}: 3 items written`))
  expect(await readCluster(name)).toEqual(before)
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }))
  expect(Table?.DeletionProtectionEnabled).toBe(true)
  const { ContinuousBackupsDescription } = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }))
  expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({
    PointInTimeRecoveryStatus: 'ENABLED',
  })
  const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }))
  expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' })
})

test('a recovery records tagged objects that no copy contains, and reports a cluster without a copy', async () => {
  const { cluster } = await setUpAndCopied()
  const name = cluster.cluster
  const { iam } = account.aws
  const newer = { namespace: 'default', serviceAccount: 'newer' }
  await createRole('newer', tagsOf(name, newer))
  await createRole('not-ours', tagsOf(name, newer, 'another/deployment/Stack'))
  await createRole('nobodys', tagsOf('never-copied', ref))
  const Url = 'https://issuer.newer.example'
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url, Tags: tagsOf(name) }))
  await emptyTable()
  const printed = await recover()
  expect(printed).toContain(`${name}: 4 items written`)
  expect(printed).toMatch(
    /^never-copied: not recovered, because it has no copy\. .* The setup takes over arn:\S+:role\/workload-identity\/nobodys$/m,
  )
  const nobodys = roleResource('arn:aws:iam::000000000000:role/workload-identity/nobodys')
  expect(await ownerOfEach([nobodys])).toEqual(['never-copied'])
  const recovered = await readCluster(name)
  expect(recovered?.cluster.status.formerProviderArns).toEqual([expect.stringMatching(/issuer\.newer\.example$/)])
  const [workload] = recovered?.workloads.filter(({ serviceAccount }) => serviceAccount === 'newer') ?? []
  expect(workload).toMatchObject({ spec: { name: 'newer' }, status: { role: { roleName: 'newer', policyArns: [] } } })
  expect(recovered?.workloads).toHaveLength(2)
})

test('a resource that two clusters recorded has no owner until it is assigned, and can be reassigned', async () => {
  const providerArn = 'arn:aws:iam::000000000000:oidc-provider/contested.example'
  const clusters = [await setUpAndCopied({ providerArn }), await setUpAndCopied({ providerArn })]
  const [one = '', other = ''] = clusters.map(({ cluster }) => cluster.cluster)
  await emptyTable()
  const provider = `provider:${providerArn}`
  const owner = () => ownerOfEach([providerResource(providerArn)])
  expect(await recover()).toContain(`${provider}: no claim is written: ${one}, ${other} would own it. Decide`)
  expect(await owner()).toEqual([undefined])
  const printed = await recover('--assign', `${provider}=${one}`)
  expect(printed).toContain(`${provider}: assigned to ${one}; before, no cluster had its claim`)
  expect(printed).not.toContain(`${provider}: no claim is written`)
  expect(await owner()).toEqual([one])
  expect(await recover('--assign', `${provider}=${other}`)).toContain(
    `assigned to ${other}; before, ${one} had its claim`,
  )
  expect(await recover()).not.toContain(provider)
  expect(await owner()).toEqual([other])
})

test('without the required options the command prints its usage', async () => {
  await expect(run(process.execPath, ['infra/recovery/main.ts'])).rejects.toMatchObject({
    stderr: expect.stringMatching(/^Give --table, --bucket and --deployment\n\nWrites the table of the record again/),
  })
})

test('the error for a missing settings file names the file', async () => {
  const options = ['--table', 'T', '--bucket', 'B', '--deployment', deployment, '--settings', 'none.yaml']
  await expect(run(process.execPath, ['infra/recovery/main.ts', ...options])).rejects.toMatchObject({
    stderr: expect.stringContaining('The settings cannot be read: create none.yaml, or name another file'),
  })
})

/** Records a cluster with a workload, and settles its setup, which stores a copy. */
async function setUpAndCopied(as: SetUpAs = {}): Promise<RecordedCluster> {
  const started = newOperation()
  const { cluster } = started.operation
  await recordOperation(started)
  await recordRole(cluster, ref)
  await recordSetUpAs(cluster, as)
  await endOperation(started.operation, { status: 'succeeded' })
  expect(await settle(started.operation.operationId)).toBe('settled')
  const recorded = await readCluster(cluster)
  if (!recorded) throw new Error('the cluster is not recorded')
  return recorded
}

function tagsOf(cluster: string, workload?: typeof ref, of = deployment): Tag[] {
  const tags = tagsFor({ deployment: of, cluster, ...(workload && { workload }) }, false)
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

async function createRole(RoleName: string, Tags: Tag[]): Promise<void> {
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trusting] })
  const command = new CreateRoleCommand({ RoleName, Path: '/workload-identity/', AssumeRolePolicyDocument, Tags })
  await account.aws.iam.send(command)
}

async function emptyTable(): Promise<void> {
  for await (const { Items = [] } of paginateScan({ client: table }, { TableName, ProjectionExpression: 'pk, sk' })) {
    await Promise.all(Items.map((Key) => table.send(new DeleteCommand({ TableName, Key }))))
  }
}

/** Runs the command, and returns its output. */
async function recover(...options: readonly string[]): Promise<string> {
  const { RECORD_COPIES_BUCKET: bucket = '' } = process.env
  const required = ['--table', TableName, '--bucket', bucket, '--deployment', deployment]
  return (await run(process.execPath, ['infra/recovery/main.ts', ...required, ...options])).stdout
}

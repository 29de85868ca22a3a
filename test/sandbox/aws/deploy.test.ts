import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { cdk, deploy } from '../../../sandbox/aws/deploy.ts'
import { type Aws, startAws } from '../../../sandbox/aws/server.ts'
import { assetsBucket } from '../../../sandbox/aws/synthesizer.ts'
import { python } from '../../support/python.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { invoke } from './support/invoke.ts'

const app = join(import.meta.dirname, 'fixture', 'app.ts')

test('deploys a CDK app without a bootstrap stack, and its resources survive a restart', {
  timeout: 60_000,
}, async () => {
  const directory = await temporaryDirectory()
  const start = () => startAws({ python, directory: directory.path, environment: {}, auth: true })
  let aws = await start()
  try {
    const deployment = await deploy({ aws, directory: join(directory.path, 'cdk'), app })
    expect(deployment.outputs.MachineArn).toBe('arn:aws:states:eu-west-1:000000000000:stateMachine:machine')
    await aws.close()

    aws = await start()
    const client = clientOf(aws)
    expect(await invoke(aws, { trick: 'echo' })).toMatchObject({ payload: { trick: 'echo' } })
    const stateMachineArn = deployment.outputs.MachineArn
    await new SFNClient(client).send(new DescribeStateMachineCommand({ stateMachineArn }))
    await new DynamoDBClient(client).send(new DescribeTableCommand({ TableName: 'table' }))
    const { Role } = await new IAMClient(client).send(new GetRoleCommand({ RoleName: 'bounded' }))
    expect(Role?.Arn).toBe('arn:aws:iam::000000000000:role/team/bounded')
    await deploy({ aws, directory: join(directory.path, 'cdk'), app })
  } finally {
    await aws.close()
    await directory.remove()
  }
})

test("deletes a bucket with objects with its stack, by the CDK's own function that empties it", async () => {
  const directory = await temporaryDirectory()
  // The folder of the real sandbox lies in this repository, and therefore has such a package.json above it.
  await writeFile(join(directory.path, 'package.json'), '{ "type": "module" }')
  const aws = await startAws({ python, directory: directory.path, environment: {}, auth: true })
  const emptied = join(import.meta.dirname, 'fixture', 'emptied-bucket.ts')
  const options = { aws, directory: join(directory.path, 'cdk'), app: emptied }
  try {
    const { outputs } = await deploy(options)
    const s3 = new S3Client({ ...clientOf(aws), forcePathStyle: true })
    for (const Body of ['first version', 'second']) {
      await s3.send(new PutObjectCommand({ Bucket: outputs.BucketName, Key: 'object', Body }))
    }
    await cdk(['destroy', '--all', '--force'], options)
    const { Buckets = [] } = await s3.send(new ListBucketsCommand())
    expect(Buckets.map(({ Name }) => Name)).toEqual([assetsBucket])
  } finally {
    await aws.close()
    await directory.remove()
  }
}, 60_000)

function clientOf({ endpoint }: Pick<Aws, 'endpoint'>) {
  return { endpoint, region: account.region, credentials: rootCredentials }
}

test('a failed deployment reports the output of the CDK', { timeout: 60_000 }, async () => {
  const directory = await temporaryDirectory()
  const aws = await startAws({ python, directory: directory.path, environment: {}, auth: true })
  try {
    const failing = deploy({ aws, directory: join(directory.path, 'cdk'), app: join(directory.path, 'absent.ts') })
    await expect(failing).rejects.toThrow(/cdk deploy ended with status 1:.*Cannot find module/s)
  } finally {
    await aws.close()
    await directory.remove()
  }
})

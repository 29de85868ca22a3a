import { join } from 'node:path'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn'
import { expect, test } from 'vitest'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { deploy } from '../../../sandbox/aws/deploy.ts'
import { startAws } from '../../../sandbox/aws/server.ts'
import { python } from '../../support/python.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { invoke } from './support/invoke.ts'

const app = join(import.meta.dirname, 'fixture', 'app.ts')

test('a CDK app is deployed without a bootstrap, and all of it survives a restart', { timeout: 60_000 }, async () => {
  const directory = await temporaryDirectory()
  const start = () => startAws({ python, directory: directory.path, environment: {}, auth: true })
  let aws = await start()
  try {
    const deployment = await deploy({ aws, directory: join(directory.path, 'cdk'), app })
    expect(deployment.outputs.MachineArn).toBe('arn:aws:states:eu-west-1:000000000000:stateMachine:machine')
    await aws.close()

    aws = await start()
    const client = { endpoint: aws.endpoint, region: account.region, credentials: rootCredentials }
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

test('a deployment that fails says what the CDK said', { timeout: 60_000 }, async () => {
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

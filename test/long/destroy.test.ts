/** What a deployment with the settings of settings.yaml leaves behind. docs/deploy.md says it, and test/infra/removal for other settings. */
import path from 'node:path'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { IAMClient, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn'
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import { expect, inject, it } from 'vitest'
import * as z from 'zod'
import { account, rootCredentials } from '../../sandbox/account.ts'
import { cdk, type DeployOptions, deploy } from '../../sandbox/aws/deploy.ts'
import { startAws } from '../../sandbox/aws/server.ts'
import { sendSigned } from '../../sandbox/aws/signed-request.ts'
import { assetsBucket } from '../../sandbox/aws/synthesizer.ts'
import { json } from '../sandbox/aws/support/query.ts'
import { workflowNames } from '../support/definitions.ts'
import { python } from '../support/python.ts'

/** The resources of the account, by service. */
async function resources(endpoint: string) {
  const client = { endpoint, region: account.region, credentials: rootCredentials, forcePathStyle: true }
  const iam = new IAMClient(client)
  const [tables, buckets, machines, topics, roles, policies, functions, logs] = await Promise.all([
    new DynamoDBClient(client).send(new ListTablesCommand()),
    new S3Client(client).send(new ListBucketsCommand()),
    new SFNClient(client).send(new ListStateMachinesCommand()),
    new SNSClient(client).send(new ListTopicsCommand()),
    iam.send(new ListRolesCommand({ MaxItems: 1000 })),
    iam.send(new ListPoliciesCommand({ Scope: 'Local' })),
    functionsOf(endpoint),
    logGroupsOf(endpoint),
  ])
  return {
    tables: tables.TableNames ?? [],
    buckets: (buckets.Buckets ?? []).map(({ Name }) => Name ?? '').filter((name) => name !== assetsBucket),
    machines: (machines.stateMachines ?? []).map(({ name }) => name ?? ''),
    topics: (topics.Topics ?? []).map(({ TopicArn }) => TopicArn ?? ''),
    roles: (roles.Roles ?? []).map(({ RoleName }) => RoleName ?? ''),
    policies: (policies.Policies ?? []).map(({ PolicyName }) => PolicyName ?? ''),
    functions,
    logs,
  }
}

async function functionsOf(endpoint: string): Promise<string[]> {
  const url = new URL('/2015-03-31/functions', endpoint)
  const answer: unknown = await (await sendSigned({ service: 'lambda', method: 'GET', url })).json()
  const { Functions } = z.object({ Functions: z.array(z.object({ FunctionName: z.string() })) }).parse(answer)
  return Functions.map(({ FunctionName }) => FunctionName)
}

async function logGroupsOf(endpoint: string): Promise<string[]> {
  const answer = await json({ endpoint }, 'logs', 'Logs_20140328.DescribeLogGroups', {})
  const { logGroups } = z.object({ logGroups: z.array(z.object({ logGroupName: z.string() })) }).parse(answer)
  return logGroups.map(({ logGroupName }) => logGroupName)
}

/** Of the API and of the workflows. */
const isVended = (logGroup: string) => logGroup.startsWith('/aws/vendedlogs/')

it('a default deployment that is destroyed leaves its record with the copies, the logs of API and workflows, and the boundary', async () => {
  const directory = path.join(inject('sandboxDirectory'), 'destroyed')
  const aws = await startAws({ python, directory: path.join(directory, 'aws'), environment: {}, auth: true })
  const app = path.join(import.meta.dirname, 'support/default-app.ts')
  const options: DeployOptions = { aws, directory: path.join(directory, 'cdk'), app }
  try {
    const before = await resources(aws.endpoint)
    await deploy(options)
    const deployed = await resources(aws.endpoint)
    expect(deployed.functions).not.toEqual([])

    await cdk(['destroy', '--all', '--force'], options)
    const left = await resources(aws.endpoint)
    expect({ ...left, logs: [] }).toEqual({
      ...before,
      tables: deployed.tables,
      buckets: deployed.buckets,
      policies: deployed.policies,
      logs: [],
    })
    const [audit, ...others] = left.logs.toSorted((one, other) => Number(isVended(one)) - Number(isVended(other)))
    expect(audit).toContain('AuditLog')
    expect(others.filter(isVended)).toHaveLength(workflowNames.length + 1)
    expect(others.filter((name) => !isVended(name))).toEqual([])
    expect([deployed.tables.length, deployed.buckets.length, deployed.policies.length]).toEqual([1, 1, 1])
  } finally {
    await aws.close()
  }
}, 240_000)

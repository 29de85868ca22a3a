/** What an account has, as its root user sees it. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import {
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  ListPoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn'
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import * as z from 'zod'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { listDistributions } from '../../../sandbox/aws/edge.ts'
import { sendSigned } from '../../../sandbox/aws/signed-request.ts'
import { assetsBucket } from '../../../sandbox/aws/synthesizer.ts'
import { json } from '../../sandbox/aws/support/query.ts'

export function clientOf(endpoint: string) {
  return { endpoint, region: account.region, credentials: rootCredentials, forcePathStyle: true }
}

/** The resources of the account, by service. */
export async function resources(endpoint: string) {
  const client = clientOf(endpoint)
  const iam = new IAMClient(client)
  const [tables, buckets, machines, topics, roles, policies, providers, secrets, stacks, functions, logs] =
    await Promise.all([
      new DynamoDBClient(client).send(new ListTablesCommand()),
      new S3Client(client).send(new ListBucketsCommand()),
      new SFNClient(client).send(new ListStateMachinesCommand()),
      new SNSClient(client).send(new ListTopicsCommand()),
      iam.send(new ListRolesCommand({ MaxItems: 1000 })),
      iam.send(new ListPoliciesCommand({ Scope: 'Local' })),
      iam.send(new ListOpenIDConnectProvidersCommand()),
      new SecretsManagerClient(client).send(new ListSecretsCommand({ MaxResults: 100 })),
      new CloudFormationClient(client).send(new DescribeStacksCommand()),
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
    providers: (providers.OpenIDConnectProviderList ?? []).map(({ Arn }) => Arn ?? ''),
    secrets: (secrets.SecretList ?? []).map(({ Name }) => Name ?? ''),
    stacks: (stacks.Stacks ?? []).map(({ StackName }) => StackName ?? ''),
    distributions: (await listDistributions(endpoint)).map(({ id }) => id),
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

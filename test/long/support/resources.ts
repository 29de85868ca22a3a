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
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { listDistributions } from '../../../sandbox/aws/edge.ts'
import { assetsBucket } from '../../../sandbox/aws/synthesizer.ts'
import { functionsAt } from '../../e2e/support/runs/functions.ts'
import { logGroups } from '../../e2e/support/runs/logs.ts'

export function clientOf(endpoint: string) {
  return { endpoint, region: account.region, credentials: rootCredentials, forcePathStyle: true }
}

/** The resources of an account, as its root user sees them. */
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
      functionsAt(endpoint),
      logGroups(endpoint),
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
    functions: functions.map(({ FunctionName }) => FunctionName),
    logs,
  }
}

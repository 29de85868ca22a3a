import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { SettingName } from '../lambdas/settings.ts'
import type { StepDescription, TableAction } from '../lambdas/steps/description.ts'
import { iamAccessOf } from '../lambdas/steps/iam-access.ts'
import type { FunctionSpec } from './function-spec.ts'
import * as allow from './permissions.ts'
import type { Resources } from './resources.ts'
import type { DescribedStep } from './steps.ts'

/** Loading the clients of Kubernetes and Google takes CPU time, and Lambda allots CPU in proportion to memory. */
const memoryMb = { kubernetes: 768, google: 768, aws: 512 } as const

/** Each step reads the record by one call, and records its progress. */
const progress: readonly TableAction[] = ['BatchGetItem', 'UpdateItem']

/** The function of a step, made from the step's description. */
export function stepFunction({ description, entry }: DescribedStep): FunctionSpec {
  const { client, timeoutSeconds } = description
  return {
    entry,
    memoryMb: memoryMb[client],
    timeoutSeconds,
    settings: (resources) => settingsOf(description, resources),
    permissions: (resources) => permissionsOf(description, resources),
    ...(client === 'kubernetes' && { reachesClusters: true }),
    ...(actsOnIam(description) && { iamAccess: iamAccessOf(description) }),
  }
}

/** Whether the step acts on IAM, in whichever account the cluster's provider and roles are. */
export function actsOnIam({ aws = [] }: StepDescription): boolean {
  return aws.some(({ actions }) => actions.some((action) => action.startsWith('iam:')))
}

function settingsOf(description: StepDescription, resources: Resources): Record<string, string> {
  const { client, settings = [], notifies, workflows } = description
  const names: readonly SettingName[] = [
    'TABLE_NAME',
    ...(client === 'kubernetes' ? ownership : []),
    ...(actsOnIam(description) ? memberAccess : []),
    ...settings,
    ...(notifies ? notifications : []),
    ...(workflows ? stateMachines : []),
  ]
  const values = valuesOf(description, resources)
  return Object.fromEntries(names.map((name) => [name, values[name] ?? unknown(name)]))
}

/** Objects in clusters carry the name of the deployment. */
const ownership: readonly SettingName[] = ['DEPLOYMENT']

/** What the function needs to act by a member role. */
const memberAccess: readonly SettingName[] = ['ACCOUNT_ID', 'EXTERNAL_IDS', 'MEMBER_NAME', 'MEMBER_CALLER_ARN']

const notifications: readonly SettingName[] = ['NOTIFICATION_TOPIC_ARN']

const stateMachines: readonly SettingName[] = ['STATE_MACHINE_ARNS']

/** What a request is validated against. */
export function validation(resources: Resources) {
  return {
    ALLOWED_POLICY_ARNS: JSON.stringify(resources.allowedPolicyArns),
    SECRET_PREFIX: resources.secretPrefix,
    ACCOUNT_ID: resources.accountId,
    PARTITION: resources.partition,
    DEPLOYMENT: resources.deployment,
    MEMBER_ACCOUNTS: allow.memberAccounts(resources),
    ISSUER_HOSTS: allow.issuerHosts(resources),
    INLINE_POLICY_ACTIONS: JSON.stringify(resources.inlinePolicyActions),
  }
}

function valuesOf(description: StepDescription, resources: Resources): Readonly<Partial<Record<SettingName, string>>> {
  return {
    ...validation(resources),
    TABLE_NAME: resources.table.tableName,
    ROLE_PATH: resources.rolePath,
    PERMISSIONS_BOUNDARY_ARN: resources.permissionsBoundaryArn,
    EXTERNAL_IDS: allow.externalIds(resources),
    MEMBER_NAME: resources.memberName,
    MEMBER_CALLER_ARN: resources.memberCallerArns[iamAccessOf(description)],
    ISSUER_BUCKET: resources.issuerHost?.bucketName ?? '',
    GOOGLE_CREDENTIALS_SECRET: allow.googleCredentialsSecret(resources),
    STATE_MACHINE_ARNS: allow.stateMachineArns(resources),
    NOTIFICATION_TOPIC_ARN: resources.topicArn,
  }
}

function unknown(name: SettingName): never {
  throw new Error(`${name} is no setting that a step can have: add its value to infra/step-function.ts`)
}

function permissionsOf(description: StepDescription, resources: Resources): PolicyStatement[] {
  const { client, recording, table = [], indexes = [], aws = [], workflows = {} } = description
  const { writesSecrets, notifies } = description
  const { starts, describes } = workflows
  const onTable = new Set([...(recording ? [] : progress), ...table])
  return [
    allow.table(resources, ...onTable),
    ...(indexes.length > 0 ? [allow.tableIndexes(resources, ...indexes)] : []),
    ...(client === 'kubernetes' ? [allow.clusterSecrets(resources)] : []),
    ...(writesSecrets ? [allow.writeClusterSecrets(resources)] : []),
    ...(notifies ? [allow.notifications(resources)] : []),
    ...(client === 'google' ? [allow.googleCredentials(resources)] : []),
    ...aws.flatMap((right) => allow.awsRight(resources, right)),
    ...(actsOnIam(description) ? allow.memberCaller(resources, iamAccessOf(description)) : []),
    ...(starts ? [allow.startExecution(resources, starts)] : []),
    ...(describes ? [allow.executions(resources, 'DescribeExecution', describes)] : []),
  ]
}

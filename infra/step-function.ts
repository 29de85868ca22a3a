import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { SettingName } from '../lambdas/settings.ts'
import type { StepClaim, StepDescription, TableAction } from '../lambdas/steps/description.ts'
import { iamAccessOf } from '../lambdas/steps/iam-access.ts'
import type { FunctionSpec } from './function-spec.ts'
import * as allow from './permissions.ts'
import type { Resources } from './resources.ts'
import type { DescribedStep } from './steps.ts'

/** Loading the clients of Kubernetes and Google takes CPU time, and Lambda allots CPU in proportion to memory. */
const memoryMb = { kubernetes: 768, google: 768, aws: 512 } as const

/** Each step reads the record by one call, and records its progress. */
const progress: readonly TableAction[] = ['BatchGetItem', 'UpdateItem']

/** What a step does that requires a claim, and leaves the claim as it is. */
const readsOnly: readonly StepClaim['does'][] = ['changes', 'reads']

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

function valuesOf(description: StepDescription, resources: Resources): Readonly<Partial<Record<SettingName, string>>> {
  return {
    TABLE_NAME: resources.table.tableName,
    DEPLOYMENT: resources.deployment,
    ACCOUNT_ID: resources.accountId,
    PARTITION: resources.partition,
    ROLE_PATH: resources.rolePath,
    PERMISSIONS_BOUNDARY_ARN: resources.permissionsBoundaryArn,
    EXTERNAL_IDS: allow.externalIds(resources),
    MEMBER_NAME: resources.memberName,
    MEMBER_CALLER_ARN: resources.memberCallerArns[iamAccessOf(description)],
    ISSUER_HOSTS: allow.issuerHosts(resources),
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
    ...allow.table(resources, [...onTable], itemsOf(description)),
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

function itemsOf({ claims = [], writesItems = [], readsItems = [] }: StepDescription): allow.Items {
  const claimsThat = (isRead: boolean) =>
    claims.filter(({ does }) => readsOnly.includes(does) === isRead).map(({ kind }) => `claim of ${kind}` as const)
  return {
    writes: ['operations', 'clusters', ...writesItems, ...claimsThat(false)],
    reads: [...readsItems, ...claimsThat(true)],
  }
}

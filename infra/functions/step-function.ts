import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { OperationKind } from '../../lambdas/operations/record/kinds.ts'
import type { SettingName } from '../../lambdas/settings.ts'
import type { StepClaim, StepDescription, TableAction } from '../../lambdas/steps/description.ts'
import { iamAccessOf } from '../../lambdas/steps/iam-access.ts'
import * as allow from '../permissions/permissions.ts'
import type { Resources } from '../resources.ts'
import type { DescribedStep } from '../steps.ts'
import type { Entry } from './entry.ts'
import type { FunctionSpec } from './function-spec.ts'

/** Loading the clients of Kubernetes and Google takes CPU time, and Lambda allots CPU in proportion to memory. */
const memoryMb = { kubernetes: 768, google: 768, aws: 512 } as const

/** Each step reads the record in one call, and records its progress. */
const progress: readonly TableAction[] = ['BatchGetItem', 'UpdateItem']

/** The values of `does` for steps that do not write the claim. They only read it, or delete it (`deletesItems`). */
const withoutClaimWrite: readonly StepClaim['does'][] = ['changes', 'reads', 'deletes', 'ends']

/** The function of one or more steps, which the state machines call. */
export interface StepFunctionSpec extends FunctionSpec {
  /** The names of its steps. */
  readonly states: readonly string[]
}

/** The needs of a function: one description, or the union of the descriptions of several steps. */
type Needs = Pick<
  StepDescription,
  | 'client'
  | 'timeoutSeconds'
  | 'recording'
  | 'writesSecrets'
  | 'notifies'
  | 'table'
  | 'indexes'
  | 'settings'
  | 'aws'
  | 'claims'
  | 'writesItems'
  | 'readsItems'
  | 'deletesItems'
> & { readonly starts: readonly OperationKind[]; readonly describes: readonly OperationKind[] }

/**
 * The function of these steps, made from their descriptions.
 *
 * @throws {Error} when the steps use different clients, because clients need different rights
 * @throws {Error} when the steps have different timeouts. The function would have the longest timeout, so a step with a
 *   shorter timeout could still write after the release of its cluster's lock
 */
export function stepFunction(entry: Entry, members: readonly DescribedStep[]): StepFunctionSpec {
  const needs = needsOf(members.map(({ description }) => description))
  const { client, timeoutSeconds } = needs
  return {
    entry,
    states: members.map(({ description }) => description.state),
    memoryMb: memoryMb[client],
    timeoutSeconds,
    settings: (resources) => settingsOf(needs, resources),
    permissions: (resources) => permissionsOf(needs, resources),
    ...(client === 'kubernetes' && { reachesClusters: true }),
    ...(actsOnIam(needs) && { iamAccess: iamAccessOf(needs) }),
  }
}

/** The union of what the steps need. */
function needsOf(steps: readonly StepDescription[]): Needs {
  const [client, ...otherClients] = new Set(steps.map((step) => step.client))
  const [timeoutSeconds, ...otherTimes] = new Set(steps.map((step) => step.timeoutSeconds))
  const sharing = `${steps.map(({ state }) => state).join(', ')} share a function`
  if (client === undefined || otherClients.length > 0) throw new Error(`${sharing}: they must use the same client`)
  if (timeoutSeconds === undefined || otherTimes.length > 0) {
    throw new Error(`${sharing}: they must have the same time-out, because a cluster's lock is held until the time-out`)
  }
  return {
    client,
    timeoutSeconds,
    ...(steps.every((step) => step.recording) && { recording: true }),
    ...(steps.some((step) => step.writesSecrets) && { writesSecrets: true }),
    ...(steps.some((step) => step.notifies) && { notifies: true }),
    table: distinct(steps.flatMap((step) => step.table ?? [])),
    indexes: distinct(steps.flatMap((step) => step.indexes ?? [])),
    settings: distinct(steps.flatMap((step) => step.settings ?? [])),
    aws: distinct(steps.flatMap((step) => step.aws ?? [])),
    claims: distinct(steps.flatMap((step) => step.claims ?? [])),
    writesItems: distinct(steps.flatMap((step) => step.writesItems ?? [])),
    readsItems: distinct(steps.flatMap((step) => step.readsItems ?? [])),
    deletesItems: distinct(steps.flatMap((step) => step.deletesItems ?? [])),
    starts: distinct(steps.flatMap((step) => step.workflows?.starts ?? [])),
    describes: distinct(steps.flatMap((step) => step.workflows?.describes ?? [])),
  }
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

/** Whether the step calls IAM, which it may do in the account of any cluster. */
export function actsOnIam({ aws = [] }: Pick<StepDescription, 'aws'>): boolean {
  return aws.some(({ actions }) => actions.some((action) => action.startsWith('iam:')))
}

function settingsOf(needs: Needs, resources: Resources): Record<string, string> {
  const { client, settings = [], notifies, starts, describes } = needs
  const names: readonly SettingName[] = [
    'TABLE_NAME',
    ...(client === 'kubernetes' ? ownership : []),
    ...(actsOnIam(needs) ? memberAccess : []),
    ...settings,
    ...(notifies ? notifications : []),
    ...(starts.length + describes.length > 0 ? stateMachines : []),
  ]
  const values = valuesOf(needs, resources)
  return Object.fromEntries(names.map((name) => [name, values[name] ?? unknown(name)]))
}

/** Objects in clusters carry the name of the deployment. */
const ownership: readonly SettingName[] = ['DEPLOYMENT']

/** The settings that a function needs to assume a member role. */
const memberAccess: readonly SettingName[] = ['ACCOUNT_ID', 'EXTERNAL_IDS', 'MEMBER_NAME', 'MEMBER_CALLER_ARN']

const notifications: readonly SettingName[] = ['NOTIFICATION_TOPIC_ARN']

const stateMachines: readonly SettingName[] = ['STATE_MACHINE_ARNS']

/** The inputs of the validation of requests. */
export function validationSettings(resources: Resources) {
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

function valuesOf(needs: Needs, resources: Resources): Readonly<Partial<Record<SettingName, string>>> {
  return {
    ...validationSettings(resources),
    TABLE_NAME: resources.table.tableName,
    ROLE_PATH: resources.rolePath,
    PERMISSIONS_BOUNDARY_ARN: resources.permissionsBoundaryArn,
    EXTERNAL_IDS: allow.externalIds(resources),
    MEMBER_NAME: resources.memberPrefix,
    MEMBER_CALLER_ARN: resources.memberCallerArns[iamAccessOf(needs)],
    ISSUER_BUCKET: resources.issuerHost?.bucketName ?? '',
    GOOGLE_CREDENTIALS_SECRET: allow.googleCredentialsSecret(resources),
    STATE_MACHINE_ARNS: allow.stateMachineArns(resources),
    NOTIFICATION_TOPIC_ARN: resources.topicArn,
  }
}

function unknown(name: SettingName): never {
  throw new Error(`${name} is not a setting of steps: add its value to infra/functions/step-function.ts`)
}

function permissionsOf(needs: Needs, resources: Resources): PolicyStatement[] {
  const { client, recording, table = [], indexes = [], aws = [], writesSecrets, notifies, starts, describes } = needs
  const onTable = new Set([...(recording ? [] : progress), ...table])
  return [
    ...allow.table(resources, [...onTable], itemsOf(needs)),
    ...(indexes.length > 0 ? [allow.tableIndexes(resources, ...indexes)] : []),
    ...(client === 'kubernetes' ? [allow.clusterSecrets(resources)] : []),
    ...(writesSecrets ? [allow.writeClusterSecrets(resources)] : []),
    ...(notifies ? [allow.notifications(resources)] : []),
    ...(client === 'google' ? [allow.googleCredentials(resources)] : []),
    ...aws.flatMap((right) => allow.awsRight(resources, right)),
    ...(actsOnIam(needs) ? allow.memberCaller(resources, iamAccessOf(needs)) : []),
    ...(starts.length > 0 ? [allow.startExecution(resources, ...starts)] : []),
    ...(describes.length > 0 ? [allow.executions(resources, 'DescribeExecution', describes)] : []),
  ]
}

function itemsOf({ client, claims = [], writesItems = [], readsItems = [], deletesItems = [] }: Needs): allow.Items {
  const claimsThat = (isRead: boolean) =>
    claims
      .filter(({ does }) => withoutClaimWrite.includes(does) === isRead)
      .map(({ kind }) => `claim of ${kind}` as const)
  return {
    // Each step on clusters may send requests through the agent of its cluster.
    writes: [
      'operations',
      'clusters',
      ...(client === 'kubernetes' ? ['agents' as const] : []),
      ...writesItems,
      ...claimsThat(false),
    ],
    reads: [...readsItems, ...claimsThat(true)],
    deletes: deletesItems,
  }
}

/**
 * The statements of the functions' roles, each as narrow as IAM allows. An ARN ends with `*` where the rest is known
 * only at run time: the name of a cluster's secret or of a role, or the ID of an execution.
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { copyKey } from '../../lambdas/operations/record/copy-key.ts'
import { endAttributes } from '../../lambdas/operations/record/end-attributes.ts'
import type { OperationKind } from '../../lambdas/operations/record/kinds.ts'
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import type { AwsRight, ItemKind, TableAction, TableIndex } from '../../lambdas/steps/description.ts'
import type { IamAccess } from '../../lambdas/steps/iam-access.ts'
import type { Resources } from '../resources.ts'
import { onePerWorkflow } from '../workflows.ts'

/** The partition keys of each kind of item. lambdas/operations/record/table.ts defines them. */
export const partitionKeys: Readonly<Record<ItemKind, string>> = {
  operations: 'OPERATION#*',
  open: 'OPEN',
  clusters: 'CLUSTER#*',
  generations: 'GENERATIONS#*',
  rotation: 'ROTATION',
  idempotency: 'IDEMPOTENCY#*',
  callers: 'CALLER#*',
  agents: 'AGENT#*',
  'claim of bucket': 'CLAIM#bucket#*',
  'claim of issuer': 'CLAIM#issuer#*',
  'claim of signing-key': 'CLAIM#signing-key#*',
  'claim of provider': 'CLAIM#provider#*',
  'claim of role': 'CLAIM#role#*',
  'claim of management-object': 'CLAIM#management-object#*',
}

const reading: readonly TableAction[] = ['BatchGetItem', 'Query']

/** Kinds of items. A function that writes or deletes an item may also read it. */
export interface Items {
  readonly writes?: readonly ItemKind[]
  readonly reads?: readonly ItemKind[]
  /** Kinds that the function deletes and does not write. */
  readonly deletes?: readonly ItemKind[]
}

/** Allows the actions on these items only: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
export function table(
  resources: Resources,
  actions: readonly TableAction[],
  { writes = [], reads = [], deletes = [] }: Items,
): PolicyStatement[] {
  const on = (kinds: readonly ItemKind[], some: readonly TableAction[]) => {
    if (some.length === 0) return []
    const leadingKeys = [...new Set(kinds)].map((kind) => partitionKeys[kind])
    const conditions = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leadingKeys } }
    const names = some.map((action) => `dynamodb:${action}`)
    return [new PolicyStatement({ actions: names, resources: [resources.table.tableArn], conditions })]
  }
  const readActions = actions.filter((action) => reading.includes(action))
  const writeActions = actions.filter((action) => !reading.includes(action))
  if (deletes.length === 0) return [...on([...writes, ...reads], readActions), ...on(writes, writeActions)]
  const others = writeActions.filter((action) => action !== 'DeleteItem')
  const deleted = [...(actions.includes('DeleteItem') ? writes : []), ...deletes]
  return [...on([...writes, ...reads, ...deletes], readActions), ...on(writes, others), ...on(deleted, ['DeleteItem'])]
}

/**
 * Allows the end of operations without results, and no other change of their items, such as another request.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_dynamodb_attributes.html
 */
export function endOfOperations(resources: Resources): PolicyStatement[] {
  const statements = table(resources, ['UpdateItem'], { writes: ['operations'] })
  for (const statement of statements) {
    statement.addCondition('ForAllValues:StringEquals', { 'dynamodb:Attributes': endAttributes })
  }
  return statements
}

export function tableIndexes(resources: Resources, ...indexes: readonly TableIndex[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:Query'],
    resources: indexes.map((index) => `${resources.table.tableArn}/index/${index}`),
  })
}

/**
 * Allows reads of the secrets PREFIX/CLUSTER/... of all clusters, because the clusters are not known when the stack is
 * deployed. The API checks that a request names only secrets of its cluster. The pattern does not match the Google
 * credentials, because their name has no cluster.
 */
export function clusterSecrets(resources: Resources): PolicyStatement {
  return onSecret(resources, 'GetSecretValue', everyCluster(resources))
}

/** Allows writes to the secrets of {@link clusterSecrets}. A step writes only secrets that a cluster's record names. */
export function writeClusterSecrets(resources: Resources): PolicyStatement {
  return onSecret(resources, 'PutSecretValue', everyCluster(resources))
}

function everyCluster({ secretPrefix }: Resources): string {
  return `${secretPrefix}/*/*`
}

export function googleCredentials(resources: Resources): PolicyStatement {
  // Secrets Manager appends a hyphen and six characters to the ARN of each secret.
  return onSecret(resources, 'GetSecretValue', `${googleCredentialsSecret(resources)}-??????`)
}

export function googleCredentialsSecret(resources: Resources): string {
  return `${resources.secretPrefix}/google-credentials`
}

function onSecret(resources: Resources, action: 'GetSecretValue' | 'PutSecretValue', name: string): PolicyStatement {
  const { partition, region, accountId } = resources
  return new PolicyStatement({
    actions: [`secretsmanager:${action}`],
    resources: [`arn:${partition}:secretsmanager:${region}:${accountId}:secret:${name}`],
  })
}

/** The inputs of the steps' rights in IAM and S3: the account of the resources, and what the deployment allows. */
export type AwsResources = Pick<
  Resources,
  | 'allowedPolicyArns'
  | 'accountId'
  | 'deployment'
  | 'inlinePolicyActions'
  | 'issuerHost'
  | 'partition'
  | 'permissionsBoundaryArn'
  | 'rolePath'
>

/** A step's rights in IAM and S3. `on` and `when` are names of resources and conditions in the step's description. */
export function awsRight(resources: AwsResources, { actions, on, when }: AwsRight): PolicyStatement[] {
  const withoutInline = resources.inlinePolicyActions.length === 0
  const arns = arnsOf(resources)[on]
  if (arns.length === 0) return []
  return [
    new PolicyStatement({
      actions: actions.filter((action) => !(withoutInline && action === 'iam:PutRolePolicy')),
      resources: [...arns],
      ...(when && { conditions: conditionsOf(resources)[when] }),
    }),
  ]
}

/** `OIDC providers` covers all providers, because a provider's ARN ends with its issuer, which is not known yet. */
function arnsOf(resources: AwsResources): Readonly<Record<AwsRight['on'], readonly string[]>> {
  const { partition, accountId, rolePath, issuerHost } = resources
  const account = `arn:${partition}:iam::${accountId}`
  const documents = ['.well-known/openid-configuration', 'openid/v1/jwks']
  return {
    'workload roles': [`${account}:role${rolePath}*`],
    'roles of any path': [`${account}:role/*`],
    'OIDC providers': [`${account}:oidc-provider/*`],
    'issuer bucket': issuerHost ? [issuerHost.bucketArn] : [],
    'discovery documents': issuerHost ? documents.map((document) => `${issuerHost.bucketArn}/*/${document}`) : [],
  }
}

/**
 * Condition keys:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
function conditionsOf(
  resources: AwsResources,
): Readonly<Record<NonNullable<AwsRight['when']>, Record<string, object>>> {
  const { deployment, permissionsBoundaryArn, allowedPolicyArns } = resources
  const tagged = { [`aws:ResourceTag/${tagKeys.deployment}`]: deployment }
  const tagging = { [`aws:RequestTag/${tagKeys.deployment}`]: deployment }
  const boundary = { 'iam:PermissionsBoundary': permissionsBoundaryArn }
  const onlyOurTags = { 'ForAllValues:StringEquals': { 'aws:TagKeys': Object.values(tagKeys) } }
  const bounded = { StringEquals: { ...tagged, ...boundary } }
  return {
    tagged: { StringEquals: tagged },
    // The tags of another deployment are protected. A resource without a deployment tag may be adopted.
    tagging: { StringEquals: tagging, StringEqualsIfExists: tagged, ...onlyOurTags },
    untagging: { StringEquals: tagged, ...onlyOurTags },
    creating: { StringEquals: { ...tagging, ...boundary } },
    bounded,
    // Editions of IAM's reference disagree on whether UpdateAssumeRolePolicy and UpdateRole support the key
    // iam:PermissionsBoundary, so the condition also accepts a request without this key.
    trusted: { StringEquals: tagged, StringEqualsIfExists: boundary },
    'allowed policy': { ...bounded, ArnLike: { 'iam:PolicyARN': allowedPolicyArns } },
  }
}

/** Allows the function to assume the role that member roles trust. Empty without member accounts. */
export function memberCaller(resources: Resources, access: IamAccess): PolicyStatement[] {
  if (Object.keys(resources.externalIds).length === 0) return []
  return [new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [resources.memberCallerArns[access]] })]
}

export function externalIds({ externalIds }: Resources): string {
  return Object.keys(externalIds).length === 0 ? '' : JSON.stringify(externalIds)
}

export function memberAccounts({ externalIds }: Resources): string {
  return Object.keys(externalIds).join(',')
}

export function issuerHosts({ issuerHost }: Resources): string {
  return issuerHost?.names.join(',') ?? ''
}

export function stateMachineArns({ stateMachines }: Resources): string {
  return JSON.stringify(Object.fromEntries(Object.entries(stateMachines).map(([kind, { arn }]) => [kind, arn])))
}

export function startExecution({ stateMachines }: Resources, ...kinds: readonly OperationKind[]): PolicyStatement {
  const resources = onePerWorkflow(kinds).map((kind) => stateMachines[kind].arn)
  return new PolicyStatement({ actions: ['states:StartExecution'], resources })
}

/**
 * Allows writes and deletions of the copies of all clusters, because the clusters are not known when the stack is
 * deployed.
 */
export function recordCopies({ copies }: Resources): PolicyStatement {
  return new PolicyStatement({
    actions: ['s3:DeleteObject', 's3:PutObject'],
    resources: [`${copies.bucketArn}/${copyKey('*')}`],
  })
}

export function notifications({ topicArn }: Resources): PolicyStatement {
  return new PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] })
}

export function executions(
  resources: Resources,
  action: 'DescribeExecution' | 'StopExecution',
  kinds: readonly OperationKind[],
): PolicyStatement {
  const { partition, region, accountId, stateMachines } = resources
  return new PolicyStatement({
    actions: [`states:${action}`],
    resources: onePerWorkflow(kinds).map(
      (kind) => `arn:${partition}:states:${region}:${accountId}:execution:${stateMachines[kind].name}:*`,
    ),
  })
}

/**
 * The statements of the functions' roles. Each is as narrow as IAM allows; where an ARN ends in `*`, the part after it is
 * made up at run time (a cluster's secret, a role's name, an execution's id).
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { OperationKind } from '../lambdas/operations/kinds.ts'
import { tagKeys } from '../lambdas/ownership/labels.ts'
import type { AwsRight, TableAction, TableIndex } from '../lambdas/steps/description.ts'
import type { Resources } from './resources.ts'
import { onePerWorkflow } from './workflows.ts'

export function table(resources: Resources, ...actions: readonly TableAction[]): PolicyStatement {
  return new PolicyStatement({
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [resources.table.tableArn],
  })
}

export function tableIndexes(resources: Resources, ...indexes: readonly TableIndex[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:Query'],
    resources: indexes.map((index) => `${resources.table.tableArn}/index/${index}`),
  })
}

/**
 * The secrets PREFIX/CLUSTER/...: not the Google credentials, which have no cluster in their name. Which clusters there
 * will be is not known at deployment; that a request names secrets of its own cluster only is checked by the API.
 */
export function clusterSecrets(resources: Resources): PolicyStatement {
  return readSecret(resources, `${resources.secretPrefix}/*/*`)
}

export function googleCredentials(resources: Resources): PolicyStatement {
  // Secrets Manager ends each secret's ARN with a hyphen and six characters of its own.
  return readSecret(resources, `${googleCredentialsSecret(resources)}-??????`)
}

export function googleCredentialsSecret(resources: Resources): string {
  return `${resources.secretPrefix}/google-credentials`
}

function readSecret(resources: Resources, name: string): PolicyStatement {
  const { partition, region, accountId } = resources
  return new PolicyStatement({
    actions: ['secretsmanager:GetSecretValue'],
    resources: [`arn:${partition}:secretsmanager:${region}:${accountId}:secret:${name}`],
  })
}

const mark = tagKeys.managed

/** What a step may do in IAM, by the names that its description gives to resources and conditions. */
export function awsRight(resources: Resources, { actions, on, when }: AwsRight): PolicyStatement {
  return new PolicyStatement({
    actions: [...actions],
    resources: [arnsOf(resources)[on]],
    ...(when && { conditions: conditionsOf(resources)[when] }),
  })
}

/** Any provider: the end of its ARN is the issuer, which may have any name and is not known before the cluster is there. */
function arnsOf({ partition, accountId, rolePath }: Resources): Readonly<Record<AwsRight['on'], string>> {
  const account = `arn:${partition}:iam::${accountId}`
  return {
    'workload roles': `${account}:role${rolePath}*`,
    'roles of any path': `${account}:role/*`,
    'OIDC providers': `${account}:oidc-provider/*`,
  }
}

/** Condition keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
function conditionsOf(resources: Resources): Readonly<Record<NonNullable<AwsRight['when']>, Record<string, object>>> {
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': resources.permissionsBoundaryArn } }
  return {
    marked: { StringEquals: { [`aws:ResourceTag/${mark}`]: 'true' } },
    marking: {
      StringEquals: { [`aws:RequestTag/${mark}`]: 'true' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': Object.values(tagKeys) },
    },
    bounded,
    'allowed policy': { ...bounded, ArnLike: { 'iam:PolicyARN': resources.allowedPolicyArns } },
  }
}

export function stateMachineArns({ stateMachines }: Resources): string {
  return JSON.stringify(Object.fromEntries(Object.entries(stateMachines).map(([kind, { arn }]) => [kind, arn])))
}

export function startExecution({ stateMachines }: Resources, kind: OperationKind): PolicyStatement {
  return new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachines[kind].arn] })
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

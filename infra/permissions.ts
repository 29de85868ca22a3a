/**
 * The statements of the functions' roles. Each is as narrow as IAM allows; where an ARN ends in `*`, the part after it is
 * made up at run time (a cluster's secret, a role's name, an execution's id).
 */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { OperationKind } from '../lambdas/operations/kinds.ts'
import { tagKeys } from '../lambdas/ownership/labels.ts'
import type { Resources } from './resources.ts'
import { onePerWorkflow } from './workflows.ts'

type TableAction = 'DeleteItem' | 'GetItem' | 'PutItem' | 'Query' | 'UpdateItem'

export function table(resources: Resources, ...actions: readonly TableAction[]): PolicyStatement {
  return new PolicyStatement({
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [resources.table.tableArn],
  })
}

export function tableIndexes(resources: Resources, ...indexes: readonly ('by-list' | 'by-cluster')[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:Query'],
    resources: indexes.map((index) => `${resources.table.tableArn}/index/${index}`),
  })
}

/** Every step records its progress, and looks whether its operation still holds the cluster. */
export function progress(resources: Resources): PolicyStatement {
  return table(resources, 'GetItem', 'UpdateItem')
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
const marking = {
  StringEquals: { [`aws:RequestTag/${mark}`]: 'true' },
  'ForAllValues:StringEquals': {
    'aws:TagKeys': Object.values(tagKeys),
  },
}

const marked = { StringEquals: { [`aws:ResourceTag/${mark}`]: 'true' } }

/**
 * A provider is changed only with our mark on it; an adopted one is marked first. Any provider: the end of its ARN is the
 * issuer, which may have any name and is not known before the cluster is there.
 */
export function oidcProviders({ partition, accountId }: Resources): PolicyStatement[] {
  const resources = [`arn:${partition}:iam::${accountId}:oidc-provider/*`]
  return [
    new PolicyStatement({ actions: ['iam:GetOpenIDConnectProvider'], resources }),
    new PolicyStatement({
      actions: ['iam:CreateOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider'],
      resources,
      conditions: marking,
    }),
    new PolicyStatement({
      actions: ['iam:AddClientIDToOpenIDConnectProvider', 'iam:UpdateOpenIDConnectProviderThumbprint'],
      resources,
      conditions: { StringEquals: { [`aws:ResourceTag/${mark}`]: 'true' } },
    }),
  ]
}

/** What a rotation does to a provider that carries our mark. */
export function providerThumbprints({ partition, accountId }: Resources): PolicyStatement[] {
  const resources = [`arn:${partition}:iam::${accountId}:oidc-provider/*`]
  return [
    new PolicyStatement({ actions: ['iam:GetOpenIDConnectProvider'], resources }),
    new PolicyStatement({
      actions: ['iam:UpdateOpenIDConnectProviderThumbprint'],
      resources,
      conditions: { StringEquals: { [`aws:ResourceTag/${mark}`]: 'true' } },
    }),
  ]
}

/**
 * Roles under the path only; each carries the boundary from its creation, and gets no policy that is not allowed.
 * Detaching is free: a policy that is no longer allowed must be able to go.
 */
export function workloadRoles(resources: Resources): PolicyStatement[] {
  const roles = [workloadRoleArn(resources)]
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': resources.permissionsBoundaryArn } }
  return [
    // Names are unique over all paths, and a role that is not there has none: IAM then looks at role/NAME.
    new PolicyStatement({
      actions: ['iam:GetRole'],
      resources: [`arn:${resources.partition}:iam::${resources.accountId}:role/*`],
    }),
    new PolicyStatement({
      actions: [
        'iam:DeleteRolePolicy',
        'iam:DetachRolePolicy',
        'iam:GetRolePolicy',
        'iam:ListAttachedRolePolicies',
        'iam:ListRolePolicies',
        'iam:UpdateAssumeRolePolicy',
        'iam:UpdateRole',
      ],
      resources: roles,
    }),
    new PolicyStatement({ actions: ['iam:TagRole'], resources: roles, conditions: marking }),
    new PolicyStatement({
      actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:PutRolePolicy'],
      resources: roles,
      conditions: bounded,
    }),
    new PolicyStatement({
      actions: ['iam:AttachRolePolicy'],
      resources: roles,
      conditions: { ...bounded, ArnLike: { 'iam:PolicyARN': resources.allowedPolicyArns } },
    }),
  ]
}

/** Only what carries our mark is changed, whatever else is under the path. */
export function removedRoles(resources: Resources): PolicyStatement[] {
  const roles = [workloadRoleArn(resources)]
  return [
    new PolicyStatement({
      actions: ['iam:GetRole'],
      resources: [`arn:${resources.partition}:iam::${resources.accountId}:role/*`],
    }),
    new PolicyStatement({ actions: ['iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'], resources: roles }),
    new PolicyStatement({
      actions: ['iam:DeleteRole', 'iam:DeleteRolePolicy', 'iam:DetachRolePolicy', 'iam:UntagRole'],
      resources: roles,
      conditions: marked,
    }),
  ]
}

export function removedProviders({ partition, accountId }: Resources): PolicyStatement[] {
  const resources = [`arn:${partition}:iam::${accountId}:oidc-provider/*`]
  return [
    new PolicyStatement({ actions: ['iam:GetOpenIDConnectProvider'], resources }),
    new PolicyStatement({
      actions: ['iam:DeleteOpenIDConnectProvider', 'iam:UntagOpenIDConnectProvider'],
      resources,
      conditions: marked,
    }),
  ]
}

export function attachedPolicies(resources: Resources): PolicyStatement {
  return new PolicyStatement({
    actions: ['iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'],
    resources: [workloadRoleArn(resources)],
  })
}

function workloadRoleArn({ partition, accountId, rolePath }: Resources): string {
  return `arn:${partition}:iam::${accountId}:role${rolePath}*`
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

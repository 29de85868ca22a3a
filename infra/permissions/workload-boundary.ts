import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { routes } from '../../lambdas/api/routes.ts'
import { metricsNamespace } from '../../lambdas/metrics.ts'
import { eventSource } from '../../lambdas/operations/notifications/event-source.ts'
import type { ServedBucket } from '../host/served-bucket.ts'
import { overlap } from './patterns.ts'

export interface WorkloadBoundaryProps {
  /** The deployment's resources in the account. Omitted in a member account. */
  readonly deployment?: DeployedHere
  /** When omitted, CloudFormation generates the name. */
  readonly name?: string
  /** The actions that a workload's role may have at most; `*` stands for any characters. */
  readonly actions: readonly string[]
  /** ARNs of the roles that a workload may assume, when its policies and their trust policies allow it. */
  readonly assumableRoleArns: readonly string[]
  /** The deployment's domains, whose hosted zones may be in any account: see {@link domainsOf}. */
  readonly domains: readonly string[]
}

interface DeployedHere {
  readonly api: { readonly apiId: string; readonly domain: string | undefined }
  /** The bucket with copies of the record. */
  readonly copies: { readonly bucketArn: string }
  /** Prefix of the names of all secrets. */
  readonly secretPrefix: string
  /** The buckets and distributions of hosted issuers and of the portal, if the deployment has them. */
  readonly served: readonly ServedBucket[]
}

/** An action that no workload may take on these resources, whatever the settings allow. */
interface Denial {
  readonly action: string
  readonly on: readonly string[]
}

/**
 * The permissions boundary of the workloads' roles: the most that such a role may do, whatever its policies allow. It
 * allows the actions in the settings. It denies what would give a workload the rights of other principals:
 *
 * - A workload does not administer identities or the account, and does not change what runs in it.
 * - A workload does not reach the resources of this deployment, nor the resources of CDK's bootstrap. CDK's roles trust
 *   the entire account, and the next CDK deployment runs what is in its buckets:
 *   https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 * - A workload assumes only the roles in the settings. The boundary does not apply to the sessions of these roles.
 *
 * The boundary of a deployment remains when the stack is deleted or replaces it: IAM does not delete a policy that is
 * the boundary of a role (https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html). The stack of a
 * member account deletes its boundary before its other resources. If the boundary cannot be deleted because a role
 * still has it, the other resources remain.
 */
export class WorkloadBoundary extends ManagedPolicy {
  constructor(scope: Construct, id: string, props: WorkloadBoundaryProps) {
    const { actions, assumableRoleArns, deployment, domains, name } = props
    const stack = Stack.of(scope)
    const isAllowed = (denied: string) => actions.some((allowed) => overlap(allowed, denied))
    const parts = [cdkParts(stack), apiParts(stack), ...(deployment ? [deployedParts(stack, deployment)] : [])]
    const onOurs = [
      ...parts.flatMap(({ grantable }) => grantable),
      ...parts.flatMap(({ notGrantable }) => notGrantable).filter(({ action }) => isAllowed(action)),
    ]
    const onAll = [
      ...grantableActions,
      ...[...accountActions, ...(deployment && deployment.served.length > 0 ? domainActions : [])].filter(isAllowed),
    ]
    super(scope, id, {
      description: 'The most that a role of a workload may do',
      ...(name !== undefined && { managedPolicyName: name }),
      statements: [
        // `*` includes all other actions. They are omitted, because IAM allows only 6,144 characters.
        new PolicyStatement({ actions: actions.includes('*') ? ['*'] : [...actions], resources: ['*'] }),
        ...assuming(assumableRoleArns),
        deny(
          onOurs.map(({ action }) => action),
          onOurs.flatMap(({ on }) => on),
        ),
        deny(onAll, ['*']),
        falseEvents(),
        ...(deployment && isAllowed(mappingActions) ? [mappingsOf(stack)] : []),
        ...(isAllowed('cloudwatch:PutMetricData') ? [falseMetrics()] : []),
        ...(isAllowed('route53:ChangeResourceRecordSets') ? changesOf(domains) : []),
      ],
    })
    if (deployment) this.applyRemovalPolicy(RemovalPolicy.RETAIN)
  }
}

/**
 * Denies the roles that the settings do not name. An explicit denial is necessary: a trust policy that names a
 * workload's session allows the session to assume the role despite the boundary.
 */
function assuming(roleArns: readonly string[]): PolicyStatement[] {
  const actions = ['sts:AssumeRole']
  if (roleArns.length === 0) return [new PolicyStatement({ effect: Effect.DENY, actions, resources: ['*'] })]
  return [
    new PolicyStatement({ effect: Effect.DENY, actions, notResources: [...roleArns] }),
    new PolicyStatement({
      actions: [...actions, 'sts:SetSourceIdentity', 'sts:TagSession'],
      resources: [...roleArns],
    }),
  ]
}

/** The resources of an account that no workload may reach. */
interface Parts {
  /**
   * The boundary denies these actions even where the settings do not allow them. A resource policy that names the
   * session of a role can allow an action that the boundary does not allow. So can a bucket policy that names the role.
   * "Permissions boundaries for IAM entities", section "Evaluating effective permissions with boundaries",
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html, and "Policy evaluation logic",
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html. Services with such
   * policies: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
   */
  readonly grantable: readonly Denial[]
  /** Denied only where the settings allow these actions: no resource policy grants them to a role of this account. */
  readonly notGrantable: readonly Denial[]
}

/** The resources of CDK's bootstrap. */
function cdkParts(stack: Stack): Parts {
  const { partition, account } = stack
  const arn = arnsIn(stack)
  return {
    grantable: [
      { action: 'ecr:*', on: [arn('ecr', `repository/cdk-*-container-assets-${account}-*`)] },
      { action: 's3:*', on: [`arn:${partition}:s3:::cdk-*-assets-${account}-*`] },
    ],
    notGrantable: [{ action: 'ssm:*', on: [arn('ssm', 'parameter/cdk-bootstrap/*')] }],
  }
}

/**
 * The APIs of all deployments, because an account may have several deployments. The patterns match the paths of the
 * APIs, because an ARN of `execute-api` contains neither the name nor a tag of an API.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
function apiParts(stack: Stack): Parts {
  const on = apiPaths.map((path) => arnsIn(stack)('execute-api', `*${path}*`))
  return { grantable: [], notGrantable: [{ action: 'execute-api:*', on }] }
}

/**
 * The resources of the deployment. The names are patterns and not references, because the functions depend on the
 * boundary. Names that CloudFormation generates begin with the stack's name. The patterns cover every region: secrets
 * have replicas in other regions, and stacks there may have the same name.
 */
function deployedParts(stack: Stack, { api, copies, secretPrefix, served }: DeployedHere): Parts {
  const { partition, stackName } = stack
  const arn = arnsIn(stack)
  // Buckets need no pattern, because they do not depend on the boundary.
  const buckets = [copies, ...served].map(({ bucketArn }) => bucketArn)
  return {
    grantable: [
      { action: 'dynamodb:*', on: [arn('dynamodb', `table/${stackName}-*`)] },
      { action: 'events:*', on: [arn('events', `rule/${stackName}-*`)] },
      { action: 'lambda:*', on: [arn('lambda', `function:${stackName}-*`)] },
      {
        action: 'logs:*',
        on: ['', '/aws/vendedlogs/*/'].map((folder) => arn('logs', `log-group:${folder}${stackName}-*`)),
      },
      { action: 's3:*', on: buckets.flatMap((bucket) => [bucket, `${bucket}/*`]) },
      { action: 'secretsmanager:*', on: [arn('secretsmanager', `secret:${secretPrefix}/*`)] },
      { action: 'sns:*', on: [arn('sns', `${stackName}-*`)] },
      { action: 'sqs:*', on: [arn('sqs', `${stackName}-*`)] },
    ],
    notGrantable: [
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
      { action: 'cloudwatch:*', on: [arn('cloudwatch', `alarm:${stackName}-*`)] },
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
      {
        action: 'apigateway:*',
        on: [`apis/${api.apiId}`, ...(api.domain === undefined ? [] : [`domainnames/${api.domain}`])].flatMap((part) =>
          ['', '/*'].map((below) => `arn:${partition}:apigateway:*::/${part}${below}`),
        ),
      },
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awschatbot.html
      {
        action: 'chatbot:*',
        on: [arn('chatbot', `chat-configuration/slack-channel/${stackName}-*`)],
      },
      ...served.map(({ servingArns }) => ({ action: 'cloudfront:*', on: servingArns })),
      { action: 'scheduler:*', on: [arn('scheduler', `schedule/*/${stackName}-*`)] },
      {
        action: 'states:*',
        on: ['execution', 'stateMachine'].map((kind) => arn('states', `${kind}:${stackName}-*`)),
      },
    ],
  }
}

/**
 * Actions that change identities, the account, what runs in it, or the access to its data, on any resource. The
 * boundary denies them where the settings allow them. No resource policy grants them to a role of this account: the
 * resource policies of CodeBuild, CloudTrail, Systems Manager and Organizations only share resources with other
 * accounts.
 */
const accountActions: readonly string[] = [
  'account:*',
  'cloudformation:*',
  'cloudtrail:*',
  'codebuild:*',
  'ec2-instance-connect:*',
  'ec2messages:*',
  'eks:*Access*',
  'eks:*IdentityProviderConfig',
  'eks:*PodIdentity*',
  'iam:*',
  'identitystore:*',
  'organizations:*',
  'rolesanywhere:*',
  // An access point is another way to access a bucket, and requests through it do not name the bucket's ARN.
  's3:CreateAccessPoint*',
  's3:CreateMultiRegionAccessPoint',
  's3:Put*AccessPointPolicy*',
  'servicecatalog:*',
  'ssm:Create*',
  'ssm:GetAccessToken',
  'ssm:Register*',
  'ssm:ResumeSession',
  'ssm:Send*',
  'ssm:Start*',
  'ssm:Update*',
  'ssmmessages:*',
  'sso-directory:*',
  'sso:*',
  'sts:AssumeRoot',
]

/**
 * Actions that give a workload another role's session, and that a resource policy allows despite the boundary. S3
 * Access Grants answers with a session of the role of the grant's location, and an Access Grants instance has a
 * resource policy. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-grants-get-data-access.html
 */
const grantableActions: readonly string[] = ['s3:*AccessGrant*', 's3:GetDataAccess']

/** The first segments of the routes' paths, such as `/v1/setups`. */
const apiPaths = [...new Set(routes.map(({ path }) => path.split('/').slice(0, 3).join('/')))]

/**
 * The domains of a deployment. A hosted zone of this account may contain their records.
 *
 * @param settings of the deployment
 */
export function domainsOf({ api, issuerHost, portal }: DomainSettings): string[] {
  return [api, issuerHost, portal].flatMap((each) => (each?.domain === undefined ? [] : [each.domain]))
}

type DomainSettings = Readonly<
  Partial<Record<'api' | 'issuerHost' | 'portal', { readonly domain?: string | undefined } | undefined>>
>

/**
 * Denies forged events. An explicit denial is necessary, because an event bus has a resource policy.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
 */
function falseEvents(): PolicyStatement {
  return deny(['events:PutEvents'], ['*'], { 'ForAnyValue:StringEquals': { 'events:source': eventSource } })
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html */
function falseMetrics(): PolicyStatement {
  return deny(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': metricsNamespace } })
}

/**
 * Denies records of the domains and their subdomains, because such records can validate certificate requests. Denies NS
 * records of the parent domains, because they can delegate the domains to other name servers. IAM compares names in
 * lower case, without a trailing dot:
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
 */
function changesOf(domains: readonly string[]): PolicyStatement[] {
  if (domains.length === 0) return []
  const actions = ['route53:ChangeResourceRecordSets']
  const names = 'route53:ChangeResourceRecordSetsNormalizedRecordNames'
  const types = 'route53:ChangeResourceRecordSetsRecordTypes'
  const below = domains.flatMap((domain) => [domain, `*.${domain}`])
  const above = [...new Set(domains.flatMap(namesAbove))]
  return [
    deny(actions, ['*'], { 'ForAnyValue:StringLike': { [names]: below } }),
    ...(above.length > 0
      ? [deny(actions, ['*'], { 'ForAnyValue:StringEquals': { [names]: above, [types]: 'NS' } })]
      : []),
  ]
}

/** `b.example.com` and `example.com` for `a.b.example.com`. */
function namesAbove(domain: string): string[] {
  const labels = domain.split('.')
  return labels.map((_, index) => labels.slice(index).join('.')).slice(1, -1)
}

/**
 * Actions that move a domain to another distribution. IAM authorizes them on that other distribution, so the boundary
 * denies them on all distributions. An issuer's domain determines who signs its tokens, and the portal's domain receives
 * its users' tokens:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html
 */
const domainActions: readonly string[] = ['cloudfront:AssociateAlias', 'cloudfront:UpdateDomainAssociation']

const mappingActions = 'lambda:*EventSourceMapping'

/**
 * The ARN of an event source mapping ends with a generated ID, so a condition selects the mappings by their function:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
function mappingsOf(stack: Stack): PolicyStatement {
  const functions = arnsIn(stack)('lambda', `function:${stack.stackName}-*`)
  return deny([mappingActions], ['*'], { ArnLike: { 'lambda:FunctionArn': functions } })
}

/**
 * The ARNs cover all regions and accounts. The account would make the policy longer, and IAM allows 6,144 characters.
 */
function arnsIn({ partition }: Stack): (service: string, resource: string) => string {
  return (service, resource) => `arn:${partition}:${service}:*:*:${resource}`
}

function deny(
  actions: readonly string[],
  resources: readonly string[],
  conditions: Record<string, Record<string, string | readonly string[]>> = {},
): PolicyStatement {
  return new PolicyStatement({ effect: Effect.DENY, actions: [...actions], resources: [...resources], conditions })
}

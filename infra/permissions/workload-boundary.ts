import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { routes } from '../../lambdas/api/routes.ts'
import { metricsNamespace } from '../../lambdas/metrics.ts'
import { eventSource } from '../../lambdas/operations/notifications/event-source.ts'
import type { ServedBucket } from '../host/served-bucket.ts'
import { overlap } from './patterns.ts'

export interface WorkloadBoundaryProps {
  /** What of the deployment is in the account; left out in a member account. */
  readonly deployment?: DeployedHere
  /** CloudFormation gives one when it is left out. */
  readonly name?: string
  /** The actions that a workload's role may have at most; `*` stands for any characters. */
  readonly actions: readonly string[]
  /** ARNs of the roles that a workload may assume, when its policies and their trust policies allow it. */
  readonly assumableRoleArns: readonly string[]
  /** The domains of the deployment, whose zones may be in any account: see {@link domainsOf}. */
  readonly domains: readonly string[]
}

interface DeployedHere {
  readonly api: { readonly apiId: string; readonly domain: string | undefined }
  /** The bucket with copies of the record. */
  readonly copies: { readonly bucketArn: string }
  /** First part of the names of all secrets. */
  readonly secretPrefix: string
  /** What serves the issuers of clusters and the portal, where the deployment has them. */
  readonly served: readonly ServedBucket[]
}

/** An action that no workload may take on these resources, whatever the settings allow. */
interface Denial {
  readonly action: string
  readonly on: readonly string[]
}

/**
 * The permissions boundary of the workloads' roles: the most that such a role may do, whatever policies it has. It allows
 * the actions of the settings, and denies what gives a workload the rights of somebody else:
 *
 * - A workload does not administer identities or the account, and does not change what runs in it.
 * - A workload does not reach what this deployment consists of, nor what CDK deploys with. CDK's roles trust the whole
 *   account, and its next deployment runs what is in its buckets:
 *   https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 * - A workload assumes only the roles of the settings. The boundary does not apply to what it does there.
 *
 * The boundary of a deployment stays when the stack is deleted or replaces it: IAM deletes no policy that is the boundary
 * of a role (https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html). That of a member account is
 * deleted first, so that its stack stays, and may be used, while a role is left.
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
        // IAM takes 6,144 characters, and `*` allows what the others do.
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

/** A role that is named by no setting is denied and not just left out, because its trust policy can name the session. */
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

/** What of an account no workload reaches. */
interface Parts {
  /**
   * What is denied though the settings do not allow it. A resource policy that names the session of a role grants around
   * what the boundary does not allow, and a bucket policy that names the role does, too: "Permissions boundaries for IAM
   * entities", section "Evaluating effective permissions with boundaries",
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html, and "Policy evaluation logic",
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html. Which services have such
   * policies: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
   */
  readonly grantable: readonly Denial[]
  /** What no resource policy grants to a role of this account. Denied where the settings allow it. */
  readonly notGrantable: readonly Denial[]
}

/** What CDK deploys with. */
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
 * The APIs of all deployments, of which there may be others in each account. They are known by their paths, because neither
 * the name nor a tag of an API is in a request.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
 */
function apiParts(stack: Stack): Parts {
  const on = apiPaths.map((path) => arnsIn(stack)('execute-api', `*${path}*`))
  return { grantable: [], notGrantable: [{ action: 'execute-api:*', on }] }
}

/**
 * What the deployment consists of. The names are patterns and not references, because the functions depend on the
 * boundary. CloudFormation begins the names that it gives with the stack's name. Every region counts: secrets have
 * replicas, and the stack has namesakes there.
 */
function deployedParts(stack: Stack, { api, copies, secretPrefix, served }: DeployedHere): Parts {
  const { partition, stackName } = stack
  const arn = arnsIn(stack)
  // Buckets need no pattern: they do not depend on the boundary.
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
 * What changes identities, the account, what runs in it or the ways to its data, on whatever resource. No resource policy
 * grants it to a role of this account: those of CodeBuild, CloudTrail, Systems Manager and Organizations share with other
 * accounts. Denied where the settings allow it.
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
  // An access point is another way to a bucket, whose ARN no request names then.
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
 * What gives a workload another role's session, and what a resource policy grants it around the boundary: a grant of S3
 * Access Grants is used by the role of its location, and an instance of it has a policy.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-grants-get-data-access.html
 */
const grantableActions: readonly string[] = ['s3:*AccessGrant*', 's3:GetDataAccess']

/** The first parts of the paths of the routes, such as `/v1/setups`. */
const apiPaths = [...new Set(routes.map(({ path }) => path.split('/').slice(0, 3).join('/')))]

/**
 * The domains under which a deployment answers. A record of one may be in a zone of this account.
 *
 * @param settings those of the deployment
 */
export function domainsOf({ api, issuerHost, portal }: DomainSettings): string[] {
  return [api, issuerHost, portal].flatMap((each) => (each?.domain === undefined ? [] : [each.domain]))
}

type DomainSettings = Readonly<
  Partial<Record<'api' | 'issuerHost' | 'portal', { readonly domain?: string | undefined } | undefined>>
>

/** A bus has a policy. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html */
function falseEvents(): PolicyStatement {
  return deny(['events:PutEvents'], ['*'], { 'ForAnyValue:StringEquals': { 'events:source': eventSource } })
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html */
function falseMetrics(): PolicyStatement {
  return deny(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': metricsNamespace } })
}

/**
 * Records of the domains and of names below them, where certificates are requested by a record, and name servers of the
 * names above: who answers at a domain gets what its callers send. IAM compares names in lower case, without a dot at the end:
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

/** `b.example.com` and `example.com` of `a.b.example.com`. */
function namesAbove(domain: string): string[] {
  const labels = domain.split('.')
  return labels.map((_, index) => labels.slice(index).join('.')).slice(1, -1)
}

/**
 * Moves a domain from one distribution to another, and is asked for on the other one. Who serves an issuer's domain signs
 * its tokens, and who serves the portal's gets those of its users: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html
 */
const domainActions: readonly string[] = ['cloudfront:AssociateAlias', 'cloudfront:UpdateDomainAssociation']

const mappingActions = 'lambda:*EventSourceMapping'

/**
 * What calls a function with the messages of a queue has an ID for its name, so that its function stands for it:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
function mappingsOf(stack: Stack): PolicyStatement {
  const functions = arnsIn(stack)('lambda', `function:${stack.stackName}-*`)
  return deny([mappingActions], ['*'], { ArnLike: { 'lambda:FunctionArn': functions } })
}

/** In every region and account: the account would make the policy longer, and IAM takes 6,144 characters. */
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

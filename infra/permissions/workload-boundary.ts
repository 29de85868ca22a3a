import { Stack, Tags } from 'aws-cdk-lib'
import { CfnDomainName } from 'aws-cdk-lib/aws-apigatewayv2'
import { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront'
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { routes } from '../../lambdas/api/routes.ts'
import { metricsNamespace } from '../../lambdas/metrics.ts'
import { eventSource } from '../../lambdas/operations/notifications/event-source.ts'
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import { nameStart, secretPrefixStart } from '../member/member-names.ts'
import { overlap } from './patterns.ts'

export interface WorkloadBoundaryProps {
  /** When omitted, CloudFormation generates the name. */
  readonly name?: string
  /** The actions that a workload's role may have at most; `*` stands for any characters. */
  readonly actions: readonly string[]
  /** ARNs of the roles that a workload may assume, when its policies and their trust policies allow it. */
  readonly assumableRoleArns: readonly string[]
  /** The deployment's domains, whose hosted zones may be in any account: see {@link domainsOf}. */
  readonly domains: readonly string[]
  /** The token issuers of the API, by their names in the settings. */
  readonly issuers: Readonly<Record<string, { readonly issuer: string }>>
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
 * - A workload does not reach the resources of any deployment of the product: an account may have several. Their names
 *   begin alike, or they have the tag of their deployment.
 * - A workload does not reach the resources of CDK's bootstrap. CDK's roles trust the entire account, and the next CDK
 *   deployment runs what is in its buckets: https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 * - A workload assumes only the roles in the settings. The boundary does not apply to the sessions of these roles.
 */
export class WorkloadBoundary extends ManagedPolicy {
  constructor(scope: Construct, id: string, props: WorkloadBoundaryProps) {
    const { actions, assumableRoleArns, domains, issuers, name } = props
    const stack = Stack.of(scope)
    const isAllowed = (denied: string) => actions.some((allowed) => overlap(allowed, denied))
    const parts = [
      cdkParts(stack),
      apiParts(stack),
      deployedParts(stack),
      { grantable: [], notGrantable: userPools(stack, issuers) },
    ]
    const onOurs = [
      ...parts.flatMap(({ grantable }) => grantable),
      ...parts.flatMap(({ notGrantable }) => notGrantable).filter(({ action }) => isAllowed(action)),
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
        deny([...grantableActions, ...accountActions.filter(isAllowed)], ['*']),
        ...(taggedServices.some(isAllowed) ? [onTagged()] : []),
        falseEvents(),
        ...(isAllowed(mappingActions) ? [mappingsOf(stack)] : []),
        ...(isAllowed('cloudwatch:PutMetricData') ? [falseMetrics()] : []),
        ...(isAllowed('route53:ChangeResourceRecordSets') ? changesOf(domains) : []),
      ],
    })
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
 * The resources of all deployments, by the start of their names. The names are patterns and not references, because the
 * functions depend on the boundary. Names that CloudFormation generates begin with the stack's name, and names of
 * buckets are in lower case. The patterns cover every region: secrets have replicas in other regions.
 */
function deployedParts(stack: Stack): Parts {
  const { partition } = stack
  const arn = arnsIn(stack)
  return {
    grantable: [
      { action: 'dynamodb:*', on: [arn('dynamodb', `table/${nameStart}*`)] },
      { action: 'events:*', on: [arn('events', `rule/${nameStart}*`)] },
      { action: 'lambda:*', on: [arn('lambda', `function:${nameStart}*`)] },
      { action: 'logs:*', on: [arn('logs', `log-group:*${nameStart}*`)] },
      { action: 's3:*', on: [`arn:${partition}:s3:::${nameStart.toLowerCase()}*`] },
      { action: 'secretsmanager:*', on: [arn('secretsmanager', `secret:${secretPrefixStart}*`)] },
      // Topics and queues.
      { action: 'sns:*', on: [arn('sns', `${nameStart}*`)] },
      { action: 'sqs:*', on: [arn('sqs', `${nameStart}*`)] },
    ],
    notGrantable: [
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
      { action: 'cloudwatch:*', on: [arn('cloudwatch', `alarm:${nameStart}*`)] },
      // The ARN of an API has a generated ID, and the parts of an HTTP API have no tags:
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html
      // The path `tags` removes the tag of a domain.
      {
        action: 'apigateway:*',
        on: ['apis', 'tags'].map((part) => `arn:${partition}:apigateway:*::/${part}/*`),
      },
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awschatbot.html
      { action: 'chatbot:*', on: [arn('chatbot', `chat-configuration/slack-channel/${nameStart}*`)] },
      { action: 'cloudfront:*', on: [arn('cloudfront', `function/${nameStart}*`)] },
      { action: 'scheduler:*', on: [arn('scheduler', `schedule/*/${nameStart}*`)] },
      {
        action: 'states:*',
        on: ['execution', 'stateMachine'].map((kind) => arn('states', `${kind}:${nameStart}*`)),
      },
    ],
  }
}

/** The user pools of Amazon Cognito that are token issuers of the API. Their users and groups are callers of the API. */
function userPools(stack: Stack, issuers: WorkloadBoundaryProps['issuers']): Denial[] {
  const pools = Object.values(issuers).flatMap(({ issuer }) => {
    const pool = /^https:\/\/cognito-idp\.[^/]+\/(\w+-[\w-]+)\/?$/.exec(issuer)?.[1]
    return pool === undefined ? [] : [arnsIn(stack)('cognito-idp', `userpool/${pool}`)]
  })
  return pools.length === 0 ? [] : [{ action: 'cognito-idp:*', on: pools }]
}

/** The services with {@link taggedTypes}. */
const taggedServices = ['apigateway:*', 'cloudfront:*']

/** Resources whose ARNs do not have the name of their stack. */
const taggedTypes = [CfnDomainName.CFN_RESOURCE_TYPE_NAME, CfnDistribution.CFN_RESOURCE_TYPE_NAME]

/** Tags the resources that the boundaries of all deployments recognize by this tag, and not by a name. */
export function tagForBoundaries(stack: Stack, deployment: string): void {
  Tags.of(stack).add(tagKeys.deployment, deployment, { includeResourceTypes: taggedTypes })
}

function onTagged(): PolicyStatement {
  return deny(taggedServices, ['*'], { Null: { [`aws:ResourceTag/${tagKeys.deployment}`]: 'false' } })
}

/**
 * Actions that change identities, the account, what runs in it, or the access to its data, on any resource. The
 * boundary denies them where the settings allow them. Of these actions, only the policy of an event bus can
 * grant some to a role of this account: the resource policies of CodeBuild, CloudTrail, Systems Manager and Organizations
 * only share resources with other accounts.
 */
const accountActions: readonly string[] = [
  'account:*',
  // ACM issues certificates for a domain of this account without another validation, and exports their keys:
  // https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
  'acm:*Acme*',
  'acm:ExportCertificate',
  'acm:ImportCertificate',
  'acm:RequestCertificate',
  'chatbot:DeleteSlackWorkspaceAuthorization',
  'cloudformation:*',
  // They move a domain to another distribution, and are authorized on that other distribution. An issuer's domain
  // determines who signs its tokens, and the portal's domain receives its users' tokens:
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html
  'cloudfront:AssociateAlias',
  'cloudfront:UpdateDomainAssociation',
  // Their resources have neither names in their ARNs nor tags:
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html
  'cloudfront:UpdateCachePolicy',
  'cloudfront:UpdateOriginAccessControl',
  'cloudfront:UpdateResponseHeadersPolicy',
  'cloudtrail:*',
  'codebuild:*',
  // An identity pool gives sessions of its roles.
  'cognito-identity:*',
  'ds:*',
  'ds-data:*',
  'dynamodb:PurchaseReservedCapacityOfferings',
  'dynamodb:UpdateAbacStatus',
  'ec2-instance-connect:*',
  'ec2messages:*',
  'eks:*Access*',
  'eks:*CertificateAuthority',
  'eks:*IdentityProviderConfig',
  'eks:*PodIdentity*',
  'eks:MutateViaKubernetesApi',
  // Another account may then send events to the default bus. A rule on the bus, or its log, receives inputs and outputs of
  // operations.
  'events:PutPermission',
  'events:PutRule',
  'events:UpdateEventBus',
  'iam:*',
  'identity-sync:*',
  'identitystore:*',
  'kinesis:UpdateAccountSettings',
  // A policy of the account sends or hides the events of every log group. The API and the workflows write their logs by
  // deliveries, which a resource policy of the account allows:
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
  'logs:DeleteLogDelivery',
  'logs:DeleteResourcePolicy',
  'logs:PutAccountPolicy',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  // A link shows logs, metrics and traces to another account.
  'oam:*',
  'organizations:*',
  'rolesanywhere:*',
  // The instance of a traffic policy is a record with any name, which ChangeResourceRecordSets does not authorize.
  'route53:CreateTrafficPolicyInstance',
  'route53domains:*',
  // An access point is another way to access a bucket, and requests through it do not name the bucket's ARN.
  's3:CreateAccessPoint*',
  's3:CreateMultiRegionAccessPoint',
  's3:Put*AccessPointPolicy*',
  's3:PutAccountPublicAccessBlock',
  'servicecatalog:*',
  'sns:SetSMSAttributes',
  'ssm:Create*',
  'ssm:GetAccessToken',
  'ssm:Register*',
  'ssm:ResumeSession',
  'ssm:Send*',
  'ssm:Start*',
  'ssm:Update*',
  'ssmmessages:*',
  'sso-directory:*',
  'sso-oauth:*',
  'sso:*',
  // The map runs of batches have ARNs of their own.
  'states:UpdateMapRun',
  'sts:AssumeRoot',
  'sts:GetDelegatedAccessToken',
  // A token of the account proves the role of the workload to other issuers and clouds.
  'sts:GetWebIdentityToken',
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
 * Denies records of the domains and their subdomains, because such records can validate certificate requests. Of the
 * parent domains, it denies the records that delegate a domain to other name servers, or that validate a request for
 * the parent domain: a wildcard certificate of a parent is valid for the domain. IAM compares names in lower case,
 * without a trailing dot:
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
 */
function changesOf(domains: readonly string[]): PolicyStatement[] {
  if (domains.length === 0) return []
  const actions = ['route53:ChangeResourceRecordSets']
  const names = 'route53:ChangeResourceRecordSetsNormalizedRecordNames'
  const types = 'route53:ChangeResourceRecordSetsRecordTypes'
  const above = [...new Set(domains.flatMap(namesAbove))]
  const like = [
    ...domains.flatMap((domain) => [domain, `*.${domain}`]),
    ...above.flatMap((domain) => validationLabels.map((label) => `${label}.${domain}`)),
  ]
  return [
    deny(actions, ['*'], { 'ForAnyValue:StringLike': { [names]: like } }),
    ...(above.length > 0
      ? [deny(actions, ['*'], { 'ForAnyValue:StringEquals': { [names]: above, [types]: validatingTypes } })]
      : []),
  ]
}

/**
 * The first labels of the names whose records validate a request. After `_`, ACM and Sectigo use 32 random characters:
 * https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 * https://letsencrypt.org/docs/challenge-types/#dns-01-challenge
 */
const validationLabels = ['_acme-challenge', '_dnsauth', `_${'?'.repeat(32)}`]

/**
 * NS delegates a name. TXT, CAA and the mail for MX validate a request: section 3.2.2.4 of the Baseline Requirements,
 * https://cabforum.org/working-groups/server/baseline-requirements/documents/
 */
const validatingTypes = ['CAA', 'MX', 'NS', 'TXT']

/** `b.example.com` and `example.com` for `a.b.example.com`. */
function namesAbove(domain: string): string[] {
  const labels = domain.split('.')
  return labels.map((_, index) => labels.slice(index).join('.')).slice(1, -1)
}

const mappingActions = 'lambda:*EventSourceMapping'

/**
 * The ARN of an event source mapping ends with a generated ID, so a condition selects the mappings by their function:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
function mappingsOf(stack: Stack): PolicyStatement {
  const functions = arnsIn(stack)('lambda', `function:${nameStart}*`)
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

import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { overlap } from './patterns.ts'

export interface WorkloadBoundaryProps {
  readonly api: { readonly apiId: string }
  /** First part of the names of all secrets. */
  readonly secretPrefix: string
  /** The actions that a workload's role may have at most; `*` stands for any characters. */
  readonly actions: readonly string[]
  /** ARNs of the roles that a workload may assume, when its policies and their trust policies allow it. */
  readonly assumableRoleArns: readonly string[]
}

/** What no workload may do, whatever the settings allow. */
interface Denial {
  readonly actions: readonly string[]
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
 * The boundary stays when the stack is deleted or replaces it: IAM deletes no policy that is the boundary of a role
 * (https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html).
 */
export class WorkloadBoundary extends ManagedPolicy {
  constructor(scope: Construct, id: string, props: WorkloadBoundaryProps) {
    const { actions, assumableRoleArns } = props
    super(scope, id, {
      description: 'The most that a role of a workload may do',
      statements: [
        new PolicyStatement({ actions: [...actions], resources: ['*'] }),
        ...assuming(assumableRoleArns),
        ...deniedAnyway(Stack.of(scope), props).map(statementOf),
        ...deniedIfAllowed(Stack.of(scope), props.api)
          .map(({ actions: denied, on }) => ({ on, actions: denied.filter((each) => actions.some(overlaps(each))) }))
          .filter((denial) => denial.actions.length > 0)
          .map(statementOf),
      ],
    })
    this.applyRemovalPolicy(RemovalPolicy.RETAIN)
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

/**
 * What is denied whatever the settings allow: an allow list alone does not keep a workload from it. A resource policy that
 * names the session of a role grants around what the boundary does not allow, and so does a bucket policy that names the
 * role. "Permissions boundaries for IAM entities", section "Evaluating effective permissions with boundaries":
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html, and "Policy evaluation logic":
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html. Services with such policies:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 *
 * The names are patterns and not references, because the functions depend on the boundary. CloudFormation begins the names
 * that it gives with the stack's name. Every region counts: secrets have replicas, and the stack has namesakes there.
 */
function deniedAnyway(stack: Stack, { secretPrefix }: WorkloadBoundaryProps): Denial[] {
  const { partition, account, stackName } = stack
  const arn = arnsIn(stack)
  return [
    {
      actions: ['dynamodb:*', 'events:*', 'lambda:*', 'logs:*', 'secretsmanager:*', 'sns:*', 'sqs:*'],
      on: [
        arn('dynamodb', `table/${stackName}-*`),
        arn('events', `rule/${stackName}-*`),
        arn('lambda', `function:${stackName}-*`),
        arn('logs', `log-group:${stackName}-*`),
        arn('secretsmanager', `secret:${secretPrefix}/*`),
        arn('sns', `${stackName}-*`),
        arn('sqs', `${stackName}-*`),
      ],
    },
    {
      actions: ['ecr:*', 's3:*'],
      on: [
        arn('ecr', `repository/cdk-*-container-assets-${account}-*`),
        `arn:${partition}:s3:::cdk-*-assets-${account}-*`,
      ],
    },
  ]
}

/** What no resource policy grants to a role of this account: it is denied only where the settings allow it. */
function deniedIfAllowed(stack: Stack, { apiId }: { readonly apiId: string }): Denial[] {
  const { partition, stackName } = stack
  const arn = arnsIn(stack)
  return [
    {
      actions: [
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
        'servicecatalog:*',
        'ssm:CreateActivation',
        'ssm:CreateAssociation*',
        'ssm:CreateDocument',
        'ssm:GetAccessToken',
        'ssm:RegisterTask*',
        'ssm:ResumeSession',
        'ssm:SendAutomationSignal',
        'ssm:SendCommand',
        'ssm:Start*',
        'ssm:UpdateAssociation*',
        'ssm:UpdateDocument*',
        'ssm:UpdateMaintenanceWindowTask',
        'ssmmessages:*',
        'sso-directory:*',
        'sso:*',
        'sts:AssumeRoot',
      ],
      on: ['*'],
    },
    {
      actions: ['apigateway:*', 'execute-api:*', 'scheduler:*', 'ssm:*', 'states:*'],
      on: [
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
        `arn:${partition}:apigateway:*::/apis/${apiId}`,
        `arn:${partition}:apigateway:*::/apis/${apiId}/*`,
        arn('execute-api', `${apiId}/*`),
        arn('scheduler', `schedule/*/${stackName}-*`),
        arn('ssm', 'parameter/cdk-bootstrap/*'),
        arn('states', `execution:${stackName}-*`),
        arn('states', `stateMachine:${stackName}-*`),
      ],
    },
  ]
}

function arnsIn({ partition, account }: Stack): (service: string, resource: string) => string {
  return (service, resource) => `arn:${partition}:${service}:*:${account}:${resource}`
}

function overlaps(one: string): (other: string) => boolean {
  return (other) => overlap(one, other)
}

function statementOf({ actions, on }: Denial): PolicyStatement {
  return new PolicyStatement({ effect: Effect.DENY, actions: [...actions], resources: [...on] })
}

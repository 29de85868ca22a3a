import { BootstraplessSynthesizer, CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib'
import { AccountPrincipal, type PolicyStatement, Role } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { memberCallerName, memberName } from './member-names.ts'
import { externalIdPattern } from './member-settings.ts'
import { awsRight } from './permissions.ts'
import { policySizeMistakes } from './policy-size.ts'
import type { WorkloadIdentityStackProps } from './stack.ts'
import { actsOnIam } from './step-function.ts'
import { steps } from './steps.ts'
import { tagAll } from './tag-settings.ts'
import { WorkloadBoundary } from './workload-boundary.ts'

export interface MemberAccountStackProps
  extends Pick<
    WorkloadIdentityStackProps,
    'allowedPolicyArns' | 'assumableRoleArns' | 'inlinePolicyActions' | 'rolePath' | 'tags' | 'workloadActions'
  > {
  /** Name of the deployment's stack. */
  readonly deploymentStack: string
}

/** The account needs nothing of CDK: the template has no assets. */
class WithoutBootstrap extends BootstraplessSynthesizer {
  // The base class declares these `string | undefined`, which exactOptionalPropertyTypes refuses; '' is treated as absent.
  override get bootstrapQualifier(): string {
    return ''
  }

  override get lookupRole(): string {
    return ''
  }

  override get cloudFormationExecutionRole(): string {
    return ''
  }
}

/** The descriptions of the steps that act on IAM, in an order that is the same everywhere. */
const onIam = [...steps.values()]
  .map(({ description }) => description)
  .filter(actsOnIam)
  .toSorted((a, b) => (a.state < b.state ? -1 : 1))

/**
 * What a deployment needs in another account: a role that its functions assume, and the permissions boundary of the
 * workloads' roles there. Three parameters say whose it is, so that one template serves all accounts.
 *
 * The trust policy names the account of the deployment, and the functions' roles in a condition. A role that is named as
 * the principal is stored by its unique ID, and is another one once it was made anew: "AWS JSON policy elements:
 * Principal", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 *
 * The stack cannot be deleted while workloads have roles: IAM deletes no policy that is the boundary of a role, and
 * CloudFormation deletes the boundary before the role.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
 */
export class MemberAccountStack extends Stack {
  constructor(scope: Construct, id: string, props: MemberAccountStackProps) {
    super(scope, id, { synthesizer: new WithoutBootstrap() })
    this.node.addValidation({ validate: () => policySizeMistakes(this) })
    const account = this.parameter('DeploymentAccount', 'Account of the deployment, twelve digits', '^\\d{12}$')
    const region = this.parameter('DeploymentRegion', 'Region of the deployment', '^[a-z0-9-]+$')
    const externalId = this.parameter(
      'ExternalId',
      'The externalId of this account in the setting accounts of the deployment',
      externalIdPattern,
    )
    const deployment = { stackName: props.deploymentStack, account, region }
    const name = memberName(deployment)
    const role = new Role(this, 'MemberRole', {
      roleName: name,
      description: 'What the functions of workload-identity may do in this account',
      assumedBy: new AccountPrincipal(account).withConditions({
        StringEquals: { 'sts:ExternalId': externalId },
        ArnEquals: {
          'aws:PrincipalArn': onIam.map(
            ({ state }) => `arn:${this.partition}:iam::${account}:role/${memberCallerName(deployment, state)}`,
          ),
        },
      }),
    })
    for (const statement of this.rights(props, `${account}/${region}/${props.deploymentStack}`, name)) {
      role.addToPolicy(statement)
    }
    const { workloadActions: actions, assumableRoleArns } = props
    new WorkloadBoundary(this, 'WorkloadBoundary', { name, actions, assumableRoleArns }).node.addDependency(role)
    new CfnOutput(this, 'MemberRoleArn', { value: role.roleArn })
    tagAll(this, props.tags)
  }

  private parameter(id: string, description: string, allowedPattern: string): string {
    return new CfnParameter(this, id, { description, allowedPattern }).valueAsString
  }

  /** What the steps may do in the account of the deployment, in this one. */
  private rights(props: MemberAccountStackProps, deployment: string, boundary: string): PolicyStatement[] {
    const resources = {
      ...props,
      accountId: this.account,
      partition: this.partition,
      deployment,
      permissionsBoundaryArn: `arn:${this.partition}:iam::${this.account}:policy/${boundary}`,
      issuerHost: undefined,
    }
    return onIam.flatMap(({ aws = [] }) => aws).flatMap((right) => awsRight(resources, right))
  }
}

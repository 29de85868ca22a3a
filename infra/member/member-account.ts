import { BootstraplessSynthesizer, CfnParameter, Stack } from 'aws-cdk-lib'
import { AccountPrincipal, type PolicyStatement, Role } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { type IamAccess, iamAccessOf } from '../../lambdas/steps/iam-access.ts'
import { actsOnIam } from '../functions/step-function.ts'
import { awsRight } from '../permissions/permissions.ts'
import { policySizeMistakes } from '../permissions/policy-size.ts'
import { domainsOf, WorkloadBoundary } from '../permissions/workload-boundary.ts'
import { externalIdPattern } from '../settings/member-settings.ts'
import { tagAll } from '../settings/tag-settings.ts'
import type { WorkloadIdentityStackProps } from '../stack.ts'
import { steps } from '../steps.ts'
import { iamAccesses, memberCallerName, memberPrefix, memberRoleName } from './member-names.ts'

export interface MemberAccountStackProps
  extends Pick<
    WorkloadIdentityStackProps,
    | 'access'
    | 'allowedPolicyArns'
    | 'api'
    | 'assumableRoleArns'
    | 'inlinePolicyActions'
    | 'issuerHost'
    | 'portal'
    | 'rolePath'
    | 'tags'
    | 'workloadActions'
  > {
  /** Stack name of the deployment. */
  readonly deploymentStack: string
}

/** The account needs no CDK bootstrap, because the template has no assets. */
class WithoutBootstrap extends BootstraplessSynthesizer {
  // exactOptionalPropertyTypes refuses the type `string | undefined` of the base class. CDK treats '' as absent.
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

/** The descriptions of the steps that act on IAM, in a stable order. */
const onIam = [...steps.values()]
  .map(({ description }) => description)
  .filter(actsOnIam)
  .toSorted((a, b) => (a.state < b.state ? -1 : 1))

/**
 * The resources of a deployment in another account: one role for steps that only read IAM, one for steps that write,
 * and the boundary of the workloads' roles. The account and region of the deployment and the external ID are
 * parameters, so one template fits all member accounts.
 *
 * Each trust policy names the deployment's account as the principal, and one role of infra/member/member-callers.ts in a
 * condition. The role itself is not the principal: IAM would store its unique ID, which changes when the role is
 * recreated. "AWS JSON policy elements: Principal",
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 *
 * The stack cannot be deleted while workloads have roles. CloudFormation deletes the boundary before the member
 * roles, and IAM does not delete a policy that is the boundary of a role.
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
    const name = memberPrefix(deployment)
    const roles = iamAccesses.map((access) => {
      const caller = `arn:${this.partition}:iam::${account}:role/${memberCallerName(deployment, access)}`
      const role = new Role(this, access === 'reader' ? 'ReaderRole' : 'WriterRole', {
        roleName: memberRoleName(deployment, access),
        description: `What the steps of workload-identity may do in this account as ${access}`,
        assumedBy: new AccountPrincipal(account).withConditions({
          StringEquals: { 'sts:ExternalId': externalId },
          ArnEquals: { 'aws:PrincipalArn': caller },
        }),
      })
      const rights = this.rights(props, access, `${account}/${region}/${props.deploymentStack}`, name)
      for (const statement of rights) role.addToPolicy(statement)
      return role
    })
    const { workloadActions: actions, assumableRoleArns } = props
    const { issuers } = props.access
    const boundary = { name, actions, assumableRoleArns, domains: domainsOf(props), issuers }
    new WorkloadBoundary(this, 'WorkloadBoundary', boundary).node.addDependency(...roles)
    tagAll(this, props.tags)
  }

  private parameter(id: string, description: string, allowedPattern: string): string {
    return new CfnParameter(this, id, { description, allowedPattern }).valueAsString
  }

  /** The rights in the member account of all steps with this access. */
  private rights(
    props: MemberAccountStackProps,
    access: IamAccess,
    deployment: string,
    boundary: string,
  ): PolicyStatement[] {
    const resources = {
      ...props,
      accountId: this.account,
      partition: this.partition,
      deployment,
      permissionsBoundaryArn: `arn:${this.partition}:iam::${this.account}:policy/${boundary}`,
      issuerHost: undefined,
    }
    const withAccess = onIam.filter((step) => iamAccessOf(step) === access)
    return withAccess.flatMap(({ aws = [] }) => aws).flatMap((right) => awsRight(resources, right))
  }
}

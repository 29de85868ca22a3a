import { Stack } from 'aws-cdk-lib'
import { AccountPrincipal, type IRole, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { IamAccess } from '../../lambdas/steps/iam-access.ts'
import { iamAccesses, memberCallerName, memberRoleName } from './member-names.ts'

export interface MemberCallersProps {
  /** IDs of the member accounts. */
  readonly accounts: readonly string[]
  /** The roles of the functions that read IAM in member accounts, and of the functions that write there. */
  readonly functions: Readonly<Record<IamAccess, readonly IRole[]>>
}

/**
 * The two roles of the deployment that member roles trust. A function first assumes one of these roles, and then uses
 * it to assume the member role. So each member account trusts two role names that do not change with the functions.
 *
 * Without member accounts, the two roles still exist, without rights. The stack of a removed account may still trust
 * their names. If the roles did not exist, another principal could create roles with these names.
 */
export class MemberCallers extends Construct {
  constructor(scope: Construct, id: string, { accounts, functions }: MemberCallersProps) {
    super(scope, id)
    const stack = Stack.of(this)
    for (const access of iamAccesses) {
      const memberRoles = accounts.map(
        (account) => `arn:${stack.partition}:iam::${account}:role/${memberRoleName(stack, access)}`,
      )
      const assuming = new PolicyStatement({ actions: ['sts:AssumeRole'], resources: memberRoles })
      const rights = { Rights: new PolicyDocument({ statements: [assuming] }) }
      new Role(this, access === 'reader' ? 'ReaderRole' : 'WriterRole', {
        roleName: memberCallerName(stack, access),
        description: `What functions assume before the ${access} role of a member account`,
        assumedBy: new AccountPrincipal(stack.account).withConditions({
          ArnEquals: { 'aws:PrincipalArn': functions[access].map(({ roleArn }) => roleArn) },
        }),
        ...(accounts.length > 0 && { inlinePolicies: rights }),
      })
    }
  }
}

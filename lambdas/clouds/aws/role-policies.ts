/** The policies of one IAM role, managed and inline. Each call throws the errors of error-of.ts. */
import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRolePolicyCommand,
  NoSuchEntityException,
  PutRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam'
import { inlinePolicyName, type RolePolicies } from '../../role/role.ts'
import { iam } from './clients/iam.ts'
import { explained } from './errors.ts'
import { decodePolicy, type PolicyDocument } from './policy-document.ts'
import type { RoleRef } from './roles.ts'

/** All policies, read at the same time; the text of our inline policy only when it is needed. */
export async function readRolePolicies(role: RoleRef, withInlinePolicy: boolean): Promise<RolePolicies> {
  const [policyArns, inlinePolicyNames, inlinePolicy] = await Promise.all([
    listAttachedPolicies(role),
    listInlinePolicies(role),
    withInlinePolicy ? readInlinePolicy(role) : undefined,
  ])
  return { policyArns, inlinePolicyNames, ...(inlinePolicy && { inlinePolicy }) }
}

/** ARNs of the attached managed policies. */
export function listAttachedPolicies(role: RoleRef): Promise<string[]> {
  const pages = paginateListAttachedRolePolicies({ client: iam }, { RoleName: role.name }, { abortSignal: role.signal })
  return explained(
    { action: 'iam:ListAttachedRolePolicies', resource: role.arn },
    collect(pages, (page) => page.AttachedPolicies?.map((policy) => policy.PolicyArn)),
  )
}

/** Names of the inline policies, ours and others'. */
function listInlinePolicies(role: RoleRef): Promise<string[]> {
  const pages = paginateListRolePolicies({ client: iam }, { RoleName: role.name }, { abortSignal: role.signal })
  return explained(
    { action: 'iam:ListRolePolicies', resource: role.arn },
    collect(pages, (page) => page.PolicyNames),
  )
}

/** Our inline policy; undefined when the role has none, or one that cannot be read. */
export async function readInlinePolicy(role: RoleRef): Promise<PolicyDocument | undefined> {
  const command = new GetRolePolicyCommand({ RoleName: role.name, PolicyName: inlinePolicyName })
  const found = await explained(
    { action: 'iam:GetRolePolicy', resource: role.arn },
    iam.send(command, { abortSignal: role.signal }).catch(absent),
  )
  return found?.PolicyDocument === undefined ? undefined : decodePolicy(found.PolicyDocument)
}

/** Attaching what is attached already changes nothing. */
export async function attachPolicy(role: RoleRef, policyArn: string): Promise<void> {
  const command = new AttachRolePolicyCommand({ RoleName: role.name, PolicyArn: policyArn })
  await explained(
    {
      action: 'iam:AttachRolePolicy',
      resource: role.arn,
      detail: `policy ${policyArn}`,
      limit: 'a role holds 10 managed policies unless the quota was raised',
    },
    iam.send(command, { abortSignal: role.signal }),
  )
}

/** What is not attached any more is as good as detached. */
export async function detachPolicy(role: RoleRef, policyArn: string): Promise<void> {
  const command = new DetachRolePolicyCommand({ RoleName: role.name, PolicyArn: policyArn })
  await explained(
    { action: 'iam:DetachRolePolicy', resource: role.arn, detail: `policy ${policyArn}` },
    iam.send(command, { abortSignal: role.signal }).catch(absent),
  )
}

export async function putInlinePolicy(role: RoleRef, policy: PolicyDocument): Promise<void> {
  const command = new PutRolePolicyCommand({
    RoleName: role.name,
    PolicyName: inlinePolicyName,
    PolicyDocument: JSON.stringify(policy),
  })
  await explained(
    {
      action: 'iam:PutRolePolicy',
      resource: role.arn,
      limit: 'the inline policies of a role hold 10,240 characters together',
    },
    iam.send(command, { abortSignal: role.signal }),
  )
}

export async function deleteInlinePolicy(role: RoleRef, name: string = inlinePolicyName): Promise<void> {
  const command = new DeleteRolePolicyCommand({ RoleName: role.name, PolicyName: name })
  await explained(
    { action: 'iam:DeleteRolePolicy', resource: role.arn },
    iam.send(command, { abortSignal: role.signal }).catch(absent),
  )
}

async function collect<Page>(
  pages: AsyncIterable<Page>,
  namesOf: (page: Page) => readonly (string | undefined)[] | undefined,
): Promise<string[]> {
  const names: string[] = []
  for await (const page of pages) names.push(...(namesOf(page) ?? []).filter((name) => name !== undefined))
  return names
}

function absent(error: unknown): undefined {
  if (error instanceof NoSuchEntityException) return undefined
  throw error
}

/** The managed and inline policies of one IAM role. AWS errors become step errors: see errors.ts. */
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
import { orStepError } from './errors.ts'
import { decodePolicy, type PolicyDocument } from './policy-document.ts'
import type { RoleRef } from './roles.ts'

export interface RolePolicies {
  /** ARNs of the attached managed policies. */
  readonly policyArns: readonly string[]
  readonly inlinePolicyNames: readonly string[]
  /** The inline policy that the caller named, if the role has it. */
  readonly inlinePolicy?: PolicyDocument
}

/** Lists all policies of the role, and reads the document of one inline policy. */
export async function readRolePolicies(role: RoleRef, inlinePolicyName?: string): Promise<RolePolicies> {
  const [policyArns, inlinePolicyNames, inlinePolicy] = await Promise.all([
    listAttachedPolicies(role),
    listInlinePolicies(role),
    inlinePolicyName === undefined ? undefined : readInlinePolicy(role, inlinePolicyName),
  ])
  return { policyArns, inlinePolicyNames, ...(inlinePolicy && { inlinePolicy }) }
}

/** Returns the ARNs of the attached managed policies. */
export function listAttachedPolicies(role: RoleRef): Promise<string[]> {
  const pages = paginateListAttachedRolePolicies(
    { client: role.iam },
    { RoleName: role.name },
    { abortSignal: role.signal },
  )
  return orStepError(
    { action: 'iam:ListAttachedRolePolicies', resource: role.arn },
    collect(pages, (page) => page.AttachedPolicies?.map((policy) => policy.PolicyArn)),
  )
}

function listInlinePolicies(role: RoleRef): Promise<string[]> {
  const pages = paginateListRolePolicies({ client: role.iam }, { RoleName: role.name }, { abortSignal: role.signal })
  return orStepError(
    { action: 'iam:ListRolePolicies', resource: role.arn },
    collect(pages, (page) => page.PolicyNames),
  )
}

/** Returns undefined when the role has no inline policy of this name, or when the policy is no JSON object. */
export async function readInlinePolicy(role: RoleRef, name: string): Promise<PolicyDocument | undefined> {
  const command = new GetRolePolicyCommand({ RoleName: role.name, PolicyName: name })
  const observed = await orStepError(
    { action: 'iam:GetRolePolicy', resource: role.arn },
    role.iam.send(command, { abortSignal: role.signal }).catch(undefinedIfAbsent),
  )
  return observed?.PolicyDocument === undefined ? undefined : decodePolicy(observed.PolicyDocument)
}

/** Does nothing when the policy is attached already. */
export async function attachPolicy(role: RoleRef, policyArn: string): Promise<void> {
  const command = new AttachRolePolicyCommand({ RoleName: role.name, PolicyArn: policyArn })
  await orStepError(
    {
      action: 'iam:AttachRolePolicy',
      resource: role.arn,
      detail: `policy ${policyArn}`,
      limit: 'a role holds 10 managed policies unless the quota was raised',
    },
    role.iam.send(command, { abortSignal: role.signal }),
  )
}

/** Does nothing when the policy is not attached. */
export async function detachPolicy(role: RoleRef, policyArn: string): Promise<void> {
  const command = new DetachRolePolicyCommand({ RoleName: role.name, PolicyArn: policyArn })
  await orStepError(
    { action: 'iam:DetachRolePolicy', resource: role.arn, detail: `policy ${policyArn}` },
    role.iam.send(command, { abortSignal: role.signal }).catch(undefinedIfAbsent),
  )
}

export async function putInlinePolicy(role: RoleRef, name: string, policy: PolicyDocument): Promise<void> {
  const command = new PutRolePolicyCommand({
    RoleName: role.name,
    PolicyName: name,
    PolicyDocument: JSON.stringify(policy),
  })
  await orStepError(
    {
      action: 'iam:PutRolePolicy',
      resource: role.arn,
      limit: 'the inline policies of a role hold 10,240 characters together',
    },
    role.iam.send(command, { abortSignal: role.signal }),
  )
}

export async function deleteInlinePolicy(role: RoleRef, name: string): Promise<void> {
  const command = new DeleteRolePolicyCommand({ RoleName: role.name, PolicyName: name })
  await orStepError(
    { action: 'iam:DeleteRolePolicy', resource: role.arn },
    role.iam.send(command, { abortSignal: role.signal }).catch(undefinedIfAbsent),
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

function undefinedIfAbsent(error: unknown): undefined {
  if (error instanceof NoSuchEntityException) return undefined
  throw error
}

/** IAM roles without their permissions policies. AWS errors become step errors: see errors.ts. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  type IAMClient,
  NoSuchEntityException,
  PutRolePermissionsBoundaryCommand,
  type Role,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { errorOf, orStepError } from './errors.ts'
import { decodePolicy, type PolicyDocument } from './policy-document.ts'
import { fromTagList, type Tags, toTagList } from './tags.ts'

export interface RoleState {
  /** It starts and ends with a slash. */
  readonly path: string
  readonly tags: Tags
  /** Undefined when IAM's document cannot be parsed. A comparison then finds a difference. */
  readonly trustPolicy?: PolicyDocument
  readonly description: string
  readonly maxSessionSeconds: number
  readonly permissionsBoundaryArn?: string
  readonly createdAt?: string
}

/** The desired state of a role, except its name, its path and its permissions policies. */
export interface RoleSettings {
  readonly tags: Tags
  readonly permissionsBoundaryArn: string
  readonly trustPolicy: PolicyDocument
  readonly session: { readonly description: string; readonly maxSessionSeconds: number }
}

export interface RoleRef {
  readonly name: string
  /** The ARN of an existing or a planned role. */
  readonly arn: string
  /** The client for the account of the role. */
  readonly iam: IAMClient
  readonly signal: AbortSignal
}

/** Returns undefined when the account has no role of this name, under any path. */
export async function readRole(role: RoleRef): Promise<RoleState | undefined> {
  try {
    const observed = await role.iam.send(new GetRoleCommand({ RoleName: role.name }), { abortSignal: role.signal })
    return observed.Role && stateOf(observed.Role)
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined
    throw errorOf(error, { action: 'iam:GetRole', resource: role.arn })
  }
}

export async function createRole(role: RoleRef, path: string, settings: RoleSettings): Promise<void> {
  const command = new CreateRoleCommand({
    RoleName: role.name,
    Path: path,
    AssumeRolePolicyDocument: JSON.stringify(settings.trustPolicy),
    Description: settings.session.description,
    MaxSessionDuration: settings.session.maxSessionSeconds,
    PermissionsBoundary: settings.permissionsBoundaryArn,
    Tags: toTagList(settings.tags),
  })
  await orStepError(
    { action: 'iam:CreateRole', resource: role.arn, limit: 'an account holds 1,000 roles unless its quota was raised' },
    role.iam.send(command, { abortSignal: role.signal }),
  )
}

export async function tagRole(role: RoleRef, tags: Tags): Promise<void> {
  const command = new TagRoleCommand({ RoleName: role.name, Tags: toTagList(tags) })
  await orStepError(
    { action: 'iam:TagRole', resource: role.arn, limit: 'a role holds 50 tags' },
    role.iam.send(command, { abortSignal: role.signal }),
  )
}

export async function putPermissionsBoundary(role: RoleRef, boundaryArn: string): Promise<void> {
  const command = new PutRolePermissionsBoundaryCommand({ RoleName: role.name, PermissionsBoundary: boundaryArn })
  await orStepError(
    { action: 'iam:PutRolePermissionsBoundary', resource: role.arn },
    role.iam.send(command, { abortSignal: role.signal }),
  )
}

export async function replaceTrustPolicy(role: RoleRef, policy: PolicyDocument): Promise<void> {
  const command = new UpdateAssumeRolePolicyCommand({ RoleName: role.name, PolicyDocument: JSON.stringify(policy) })
  await orStepError(
    {
      action: 'iam:UpdateAssumeRolePolicy',
      resource: role.arn,
      limit: 'a trust policy holds 2,048 characters unless the quota was raised',
    },
    role.iam.send(command, { abortSignal: role.signal }),
  )
}

/** Sets description and session length in one call, because IAM resets an omitted session length to one hour. */
export async function updateSession(role: RoleRef, session: RoleSettings['session']): Promise<void> {
  const command = new UpdateRoleCommand({
    RoleName: role.name,
    Description: session.description,
    MaxSessionDuration: session.maxSessionSeconds,
  })
  await orStepError(
    { action: 'iam:UpdateRole', resource: role.arn },
    role.iam.send(command, { abortSignal: role.signal }),
  )
}

/** Ignores keys of tags that the role does not have. */
export async function untagRole(role: RoleRef, keys: readonly string[]): Promise<void> {
  const command = new UntagRoleCommand({ RoleName: role.name, TagKeys: [...keys] })
  await orStepError(
    { action: 'iam:UntagRole', resource: role.arn },
    role.iam.send(command, { abortSignal: role.signal }),
  )
}

/** Does nothing when the role does not exist. */
export async function deleteRole(role: RoleRef): Promise<void> {
  try {
    await role.iam.send(new DeleteRoleCommand({ RoleName: role.name }), { abortSignal: role.signal })
  } catch (error) {
    if (error instanceof NoSuchEntityException) return
    throw errorOf(error, { action: 'iam:DeleteRole', resource: role.arn })
  }
}

function stateOf(role: Role): RoleState {
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn
  const trustPolicy = decodePolicy(role.AssumeRolePolicyDocument ?? '')
  return {
    path: role.Path ?? '/',
    tags: fromTagList(role.Tags),
    description: role.Description ?? '',
    maxSessionSeconds: role.MaxSessionDuration ?? 3600,
    ...(boundary !== undefined && { permissionsBoundaryArn: boundary }),
    ...(trustPolicy && { trustPolicy }),
    ...(role.CreateDate && { createdAt: role.CreateDate.toISOString() }),
  }
}

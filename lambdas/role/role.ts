import { type PolicyDocument, samePolicy } from '../clouds/aws/policy-document.ts'
import type { RolePolicies } from '../clouds/aws/role-policies.ts'
import type { RoleSettings, RoleState } from '../clouds/aws/roles.ts'
import { OwnershipConflict } from '../errors/step-errors.ts'
import type { RecordedRole, RoleRecord } from '../operations/record/record.ts'
import { carries, type Owner } from '../ownership/ownership.ts'
import { type Difference, differenceIn, differencesByKey } from '../report/difference.ts'
import type { Workload } from '../spec/setup-request.ts'

/** The name of the only inline policy that we put on a role. */
export const inlinePolicyName = 'workload-identity'

/** The maximum number of managed policies on a role, unless the account's quota was raised. */
const managedPolicyQuota = 10

export interface DesiredPolicies {
  readonly policyArns: readonly string[]
  readonly inlinePolicy?: PolicyDocument | undefined
}

export interface PolicyChanges {
  readonly attach: readonly string[]
  readonly detach: readonly string[]
  /** Usually false, so that the role never lacks permissions in between. True if the quota leaves no room to attach. */
  readonly detachFirst: boolean
  /** Policies that other writers attached. They stay attached. */
  readonly foreign: readonly string[]
  readonly inline?: 'put' | 'delete'
  /** Names of other writers' inline policies. They stay. */
  readonly foreignInline: readonly string[]
}

export type RoleSpec = Workload['role']

export function roleDescription(owner: Required<Owner>): string {
  return `Kubernetes service account ${owner.workload.namespace}/${owner.workload.serviceAccount} of cluster ${owner.cluster}`
}

/**
 * Requires that the role has this path. Role names are unique over all paths of an account, IAM cannot move a role, and
 * this deployment may only change roles under its own path. The error omits the other path, which may name another
 * cluster.
 *
 * @throws {OwnershipConflict} when the role has another path
 */
export function requirePath(arn: string, observed: RoleState, path: string): void {
  if (observed.path === path) return
  throw new OwnershipConflict({
    object: arn,
    reason: `a role of this name exists under another path, and only roles under ${path} may be changed`,
    action: 'Choose another role name in the request, or delete the existing role',
  })
}

/** The desired settings from which the role differs. */
export function settingChanges(observed: RoleState, desired: RoleSettings): Partial<RoleSettings> {
  const { tags, permissionsBoundaryArn, trustPolicy, session } = desired
  const sameSession =
    observed.description === session.description && observed.maxSessionSeconds === session.maxSessionSeconds
  return {
    ...(!carries(observed.tags, tags) && { tags }),
    ...(observed.permissionsBoundaryArn !== permissionsBoundaryArn && { permissionsBoundaryArn }),
    ...(!(observed.trustPolicy && samePolicy(observed.trustPolicy, trustPolicy)) && { trustPolicy }),
    ...(!sameSession && { session }),
  }
}

/**
 * Compares three states. An attached policy that is not requested is detached if it is in `before`, the policies of the
 * last request. Otherwise it belongs to another writer and stays.
 */
export function policyChanges(
  observed: RolePolicies,
  desired: DesiredPolicies,
  before: readonly string[],
): PolicyChanges {
  const attach = [...new Set(desired.policyArns)].filter((arn) => !observed.policyArns.includes(arn))
  const notRequested = observed.policyArns.filter((arn) => !desired.policyArns.includes(arn))
  const inline = inlineChange(observed, desired.inlinePolicy)
  return {
    attach,
    detach: notRequested.filter((arn) => before.includes(arn)),
    detachFirst: observed.policyArns.length + attach.length > managedPolicyQuota,
    foreign: notRequested.filter((arn) => !before.includes(arn)),
    ...(inline && { inline }),
    foreignInline: observed.inlinePolicyNames.filter((name) => name !== inlinePolicyName),
  }
}

export function changesPolicies(changes: PolicyChanges): boolean {
  return changes.attach.length > 0 || changes.detach.length > 0 || changes.inline !== undefined
}

/** All roles in the record, the newest first. */
export function rolesOf({ formerRoles = [], ...newest }: RoleRecord): RecordedRole[] {
  return [newest, ...formerRoles.toReversed()]
}

/** The managed policies that were last requested for this role. */
export function policiesRequestedBefore(before: RoleRecord | undefined, roleArn: string): readonly string[] {
  const known = before ? rolesOf(before) : []
  return known.find((role) => role.roleArn === roleArn)?.policyArns ?? []
}

/** The recorded time when this role was last created, tagged, bounded or given its trust policy. */
export function changedBefore(before: RoleRecord | undefined, roleArn: string): string | undefined {
  return before?.roleArn === roleArn ? before.changedAt : undefined
}

/** The record without `changedAt`. A role that IAM does not return then counts as missing, and not as too new. */
export function withoutChange({ changedAt: _, ...record }: RoleRecord): RoleRecord {
  return record
}

/** The ARN of the role that the workload had before, if it differs from `roleArn`. The earlier role stays. */
export function earlierRole(before: RoleRecord | undefined, roleArn: string): string | undefined {
  return before?.roleArn === roleArn ? undefined : before?.roleArn
}

/**
 * The records to write before and after the changes in IAM. `during` has the policies of the previous and the current
 * request, so that after a crash the next run recognizes our policies. `after` has exactly the current request.
 *
 * @param changedAt the time when the role was last created, tagged, bounded or given its trust policy
 */
export function roleRecords(
  role: { readonly name: string; readonly arn: string },
  spec: RoleSpec,
  before: RoleRecord | undefined,
  changedAt?: string,
): { readonly during: RoleRecord; readonly after: RoleRecord } {
  const named = {
    roleName: role.name,
    roleArn: role.arn,
    ...(spec.inlinePolicy && { inlinePolicyName }),
    ...(changedAt !== undefined && { changedAt }),
  }
  const earlier = policiesRequestedBefore(before, role.arn)
  const former = formerRoles(before, role.arn)
  const kept = former.length > 0 && { formerRoles: former }
  return {
    during: {
      ...named,
      policyArns: [...new Set([...earlier, ...spec.policyArns])],
      ...(before?.applied && { applied: before.applied }),
      ...kept,
    },
    after: { ...named, policyArns: [...spec.policyArns], applied: spec, ...kept },
  }
}

/** The former roles, oldest first. They exclude the current role, because a workload may get a former role back. */
function formerRoles(before: RoleRecord | undefined, roleArn: string): RecordedRole[] {
  if (!before) return []
  const others = rolesOf(before).filter((role) => role.roleArn !== roleArn)
  return others.toReversed().map(({ roleName, roleArn, policyArns, inlinePolicyName }) => ({
    roleName,
    roleArn,
    policyArns,
    ...(inlinePolicyName !== undefined && { inlinePolicyName }),
  }))
}

/** The detail of a change: what changes in the role, and what stays. It is empty if there is nothing to report. */
export function describeRoleChanges(
  settings: Partial<RoleSettings>,
  policies: PolicyChanges,
  earlierRoleArn: string | undefined,
): string {
  const parts = [
    settings.tags && 'tags set',
    settings.permissionsBoundaryArn && 'permissions boundary set',
    settings.trustPolicy && 'trust policy replaced',
    settings.session && 'session length and description set',
    listed('attached', policies.attach),
    listed('detached', policies.detach),
    policies.inline && `inline policy ${inlinePolicyName} ${policies.inline === 'put' ? 'written' : 'deleted'}`,
    listed('attached by others and left:', policies.foreign),
    listed('inline policies of others, left:', policies.foreignInline),
    earlierRoleArn && `the former role of the workload stays until a teardown: ${earlierRoleArn}`,
  ]
  return parts.filter((part) => part !== undefined).join('; ')
}

/** The differences of an existing role from the desired role, by field. The changes would remove them. */
export function roleDifferences(
  observed: { readonly itself: RoleState; readonly policies: RolePolicies },
  settings: Partial<RoleSettings>,
  policies: PolicyChanges,
  desired: DesiredPolicies,
): Difference[] {
  return [
    ...settingDifferences(observed.itself, settings),
    ...policies.attach.map((arn) => differenceIn('policyArns', arn, undefined)),
    ...policies.detach.map((arn) => differenceIn('policyArns', undefined, arn)),
    ...(policies.inline ? [differenceIn('inlinePolicy', desired.inlinePolicy, observed.policies.inlinePolicy)] : []),
  ]
}

/** The additions of other writers to the role. */
export function roleAdditions({ foreign, foreignInline }: PolicyChanges): Difference[] {
  return [
    ...foreign.map((arn) => differenceIn('policyArns', undefined, arn)),
    ...foreignInline.map((name) => differenceIn('inlinePolicyNames', undefined, name)),
  ]
}

function settingDifferences(observed: RoleState, changes: Partial<RoleSettings>): Difference[] {
  const { tags = {}, session, ...rest } = changes
  return [
    ...differencesByKey(tags, observed.tags, 'tags.'),
    ...differencesByKey({ ...rest, ...session }, { ...observed }),
  ]
}

function inlineChange(observed: RolePolicies, desired: PolicyDocument | undefined): 'put' | 'delete' | undefined {
  if (desired === undefined) return observed.inlinePolicyNames.includes(inlinePolicyName) ? 'delete' : undefined
  return observed.inlinePolicy && samePolicy(observed.inlinePolicy, desired) ? undefined : 'put'
}

function listed(what: string, names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `${what} ${names.join(', ')}`
}

import type { RolePolicies } from '../clouds/aws/role-policies.ts'
import type { RoleState } from '../clouds/aws/roles.ts'
import { OwnershipConflict } from '../errors/step-errors.ts'
import type { RecordedRole } from '../operations/record/record.ts'
import { isAdopted, type Owner, ownershipOf } from '../ownership/ownership.ts'
import { inlinePolicyName } from './role.ts'

/** A teardown deletes an `ours` role, removes our additions from an `adopted` role, and ignores a `theirs` role. */
export type RoleOwnership = 'ours' | 'adopted' | 'theirs'

/** The policies to remove from a role. */
export interface RoleRemoval {
  /** ARNs of managed policies. */
  readonly detach: readonly string[]
  /** Names of inline policies. */
  readonly deleteInline: readonly string[]
}

/** The ownership of a role. A role whose ARN is not the recorded ARN, because its path differs, is `theirs`. */
export function roleOwnership(
  { path, tags }: Pick<RoleState, 'path' | 'tags'>,
  record: RecordedRole,
  owner: Owner,
): RoleOwnership {
  const isRecorded = record.roleArn.endsWith(`:role${path}${record.roleName}`)
  if (!isRecorded || ownershipOf(tags, owner) !== 'ours') return 'theirs'
  return isAdopted(tags) ? 'adopted' : 'ours'
}

/**
 * The policies to remove from a role. A role that we created loses all policies. An adopted role loses our inline
 * policy and the recorded policies that we attached.
 *
 * @throws {OwnershipConflict} when a role that we created has foreign inline policies, and `force` is false
 */
export function roleRemoval(
  ownership: 'ours' | 'adopted',
  { policyArns, inlinePolicyNames }: RolePolicies,
  { record, force }: { readonly record: RecordedRole; readonly force: boolean },
): RoleRemoval {
  const [own, others] = [inlinePolicyNames.filter(isOwn), inlinePolicyNames.filter((name) => !isOwn(name))]
  if (ownership === 'adopted') {
    return { detach: policyArns.filter((arn) => record.policyArns.includes(arn)), deleteInline: own }
  }
  if (others.length > 0 && !force) throw othersPolicies(record.roleArn, others)
  return { detach: policyArns, deleteInline: inlinePolicyNames }
}

function isOwn(name: string): boolean {
  return name === inlinePolicyName
}

/** The detail of a change: what is removed from the role, and what an adopted role keeps. */
export function describeRoleRemoval(ownership: 'ours' | 'adopted', { detach, deleteInline }: RoleRemoval): string {
  const parts = [
    detach.length > 0 && `detaches ${detach.join(', ')}`,
    deleteInline.length > 0 && `deletes the inline policies ${deleteInline.join(', ')}`,
    ownership === 'adopted' &&
      'others created it: it loses our tags and policies, keeps its trust policy and its permissions boundary, and stays',
  ]
  return parts.filter((part) => part !== false).join('; ')
}

function othersPolicies(roleArn: string, names: readonly string[]): OwnershipConflict {
  return new OwnershipConflict({
    object: roleArn,
    reason: `it has inline policies of another owner: ${names.join(', ')}`,
    action:
      'Delete these policies (aws iam delete-role-policy), or send the request with force=true to delete them with the role',
  })
}

import type { RolePolicies } from '../clouds/aws/role-policies.ts'
import type { RoleState } from '../clouds/aws/roles.ts'
import { NotOurs } from '../errors/step-errors.ts'
import type { RecordedRole } from '../operations/record.ts'
import { claimOf, isAdopted, type Owner } from '../ownership/ownership.ts'
import { inlinePolicyName } from './role.ts'

/** `ours` is deleted; `adopted` is given back; `theirs` stays as it is. */
export type RoleStanding = 'ours' | 'adopted' | 'theirs'

/** What has to be taken from a role, before it goes or stays. */
export interface RoleRemoval {
  /** ARNs of managed policies. */
  readonly detach: readonly string[]
  /** Names of inline policies. */
  readonly deleteInline: readonly string[]
}

/** How a role stands to the one whose it is, or was, by the record. One of the name under another path is another role. */
export function roleStanding(
  { path, tags }: Pick<RoleState, 'path' | 'tags'>,
  record: RecordedRole,
  owner: Owner,
): RoleStanding {
  const isRecorded = record.roleArn.endsWith(`:role${path}${record.roleName}`)
  if (!isRecorded || claimOf(tags, owner) !== 'ours') return 'theirs'
  return isAdopted(tags) ? 'adopted' : 'ours'
}

/**
 * What is taken from a role that was its owner's: everything if it was made for him, and what the record says we attached if
 * it was adopted.
 *
 * Throws NotOurs for a role that was made for him and holds inline policies of others, unless that is forced.
 */
export function roleRemoval(
  standing: 'ours' | 'adopted',
  { policyArns, inlinePolicyNames }: RolePolicies,
  { record, force }: { readonly record: RecordedRole; readonly force: boolean },
): RoleRemoval {
  const [own, others] = [inlinePolicyNames.filter(isOwn), inlinePolicyNames.filter((name) => !isOwn(name))]
  if (standing === 'adopted') {
    return { detach: policyArns.filter((arn) => record.policyArns.includes(arn)), deleteInline: own }
  }
  if (others.length > 0 && !force) throw othersPolicies(record.roleArn, others)
  return { detach: policyArns, deleteInline: inlinePolicyNames }
}

function isOwn(name: string): boolean {
  return name === inlinePolicyName
}

/** What was done and what was left, for a change's detail. */
export function describeRoleRemoval(standing: 'ours' | 'adopted', { detach, deleteInline }: RoleRemoval): string {
  const parts = [
    detach.length > 0 && `detached ${detach.join(', ')}`,
    deleteInline.length > 0 && `deleted the inline policies ${deleteInline.join(', ')}`,
    standing === 'adopted' &&
      'somebody else made it: it loses our tags and policies, keeps its trust policy and its permissions boundary, and stays',
  ]
  return parts.filter((part) => part !== false).join('; ')
}

function othersPolicies(roleArn: string, names: readonly string[]): NotOurs {
  return new NotOurs({
    object: roleArn,
    reason: `it holds inline policies that somebody else has put there: ${names.join(', ')}`,
    action: 'Take them out of it (aws iam delete-role-policy), or send the request with force=true, which deletes them',
  })
}

import { roleResource } from '../claims/claim.ts'
import { release, requireOwn } from '../claims/claims.ts'
import { iamOf } from '../clouds/aws/clients/iam.ts'
import {
  isPropagating,
  notVisibleYet,
  readingAgain,
  retryableWhilePropagating,
  unlessDone,
} from '../clouds/aws/iam-consistency.ts'
import { deleteInlinePolicy, detachPolicy, readRolePolicies } from '../clouds/aws/role-policies.ts'
import { deleteRole, type RoleRef, readRole, untagRole } from '../clouds/aws/roles.ts'
import { attemptAll } from '../errors/attempts.ts'
import type { RecordedRole } from '../operations/record/record.ts'
import { readRoleRecord, writeRoleRecord } from '../operations/record/workload-record.ts'
import { tagKeys } from '../ownership/labels.ts'
import { type Owner, ownerOf } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { setting } from '../settings.ts'
import type { StepRun } from '../steps/contract.ts'
import { memberAccess } from '../steps/member-access.ts'
import { step } from '../steps/step.ts'
import { description } from './delete-role.step.ts'
import { describeRoleRemoval, type RoleRemoval, roleOwnership, roleRemoval } from './removal.ts'
import { rolesOf, withoutChange } from './role.ts'

/** The request, and the owner of the role. */
interface Desired {
  readonly owner: Required<Owner>
  readonly force: boolean
  readonly dryRun: boolean
  /** Removes `changedAt` from the record. From then on, a role that IAM does not return counts as deleted. */
  readonly forgetChange: () => Promise<void>
}

const allTags = Object.values(tagKeys)
const staysTheirs = 'it was not made for this workload, and stays'

/**
 * Deletes the workload's role and its earlier roles with other names, after it has detached their policies. An adopted
 * role loses only the recorded policies that we attached, our inline policy and our tags. A foreign role stays
 * unchanged. A role that we created but that has foreign inline policies stays unchanged, unless `force` is true.
 */
export const run: StepRun<typeof description> = async ({ clusterName, workload, force }, { dryRun, signal }) => {
  const record = await readRoleRecord(clusterName, workload)
  const desired = { owner: { deployment: setting('DEPLOYMENT'), cluster: clusterName, workload }, force, dryRun }
  const forgetChange = async () => {
    if (record) await writeRoleRecord(clusterName, workload, withoutChange(record), record)
  }
  const { done, remaining } = await attemptAll(
    (record ? rolesOf(record) : []).map(async (role) => {
      const { roleName: name, roleArn: arn } = role
      const ref = { name, arn, iam: iamOf(memberAccess(arn, description)), signal }
      return readingAgain(() => remove(ref, role, { ...desired, forgetChange }))
    }),
  )
  return { output: { remaining }, changes: done.flat() }
}

export const handler = step(description, run)

async function remove(role: RoleRef, record: RecordedRole, desired: Desired): Promise<Change[]> {
  const { changes, keepsClaim = false } = await removeRole(role, record, desired)
  if (!desired.dryRun && !keepsClaim) await release(roleResource(role.arn), desired.owner.cluster)
  return changes
}

interface Removed {
  readonly changes: Change[]
  readonly keepsClaim?: boolean
}

async function removeRole(role: RoleRef, record: RecordedRole, desired: Desired): Promise<Removed> {
  const { owner, force, dryRun } = desired
  const writtenAt = () => [record.changedAt, observed?.createdAt]
  const observed = await retryableWhilePropagating(readRole(role), () => [record.changedAt])
  // IAM may not return a new role yet. Without this error, the role would be left behind without a record.
  if (!observed && !dryRun && isPropagating([record.changedAt])) throw notVisibleYet(role.arn)
  if (!observed) return { changes: [] }
  const ownership = roleOwnership(observed, record, owner)
  if (ownership === 'theirs') return leftToOthers(role, ownerOf(observed.tags), owner)
  await requireOwn([roleResource(role.arn)], owner)
  const isDone = async () => {
    const remaining = await readRole(role)
    return !remaining || roleOwnership(remaining, record, owner) === 'theirs'
  }
  const policies = await retryableWhilePropagating(unlessDone(readRolePolicies(role), isDone), writtenAt)
  if (!policies) return { changes: [] }
  const removal = roleRemoval(ownership, policies, { record, force })
  if (!dryRun) {
    if (record.changedAt !== undefined) await desired.forgetChange()
    await retryableWhilePropagating(unlessDone(deleteOrRelease(role, ownership, removal), isDone), writtenAt)
  }
  const detail = describeRoleRemoval(ownership, removal)
  const action = ownership === 'ours' ? 'deleted' : 'updated'
  return { changes: [{ object: role.arn, action, ...(detail !== '' && { detail }) }] }
}

/** The claim names only the cluster. It stays if another workload of the cluster has the role. */
function leftToOthers({ arn }: RoleRef, now: Owner | undefined, { deployment, cluster }: Owner): Removed {
  const keepsClaim = now?.deployment === deployment && now.cluster === cluster
  return { changes: [{ object: arn, action: 'unchanged', detail: staysTheirs }], keepsClaim }
}

/**
 * Removes everything in sequence, because IAM rejects concurrent changes of one role. The role or its tags come last,
 * so that the tags show the owner after a crash.
 */
async function deleteOrRelease(role: RoleRef, ownership: 'ours' | 'adopted', removal: RoleRemoval): Promise<void> {
  for (const arn of removal.detach) await detachPolicy(role, arn)
  for (const name of removal.deleteInline) await deleteInlinePolicy(role, name)
  await (ownership === 'ours' ? deleteRole(role) : untagRole(role, allTags))
}

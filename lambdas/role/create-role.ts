import type * as z from 'zod/mini'
import { readingAgain, retryableWhilePropagating } from '../clouds/aws/iam-consistency.ts'
import { roleArn } from '../clouds/aws/iam-names.ts'
import {
  attachPolicy,
  deleteInlinePolicy,
  detachPolicy,
  putInlinePolicy,
  type RolePolicies,
  readRolePolicies,
} from '../clouds/aws/role-policies.ts'
import {
  createRole,
  putPermissionsBoundary,
  type RoleRef,
  type RoleSettings,
  type RoleState,
  readRole,
  replaceTrustPolicy,
  tagRole,
  updateSession,
} from '../clouds/aws/roles.ts'
import type { RoleRecord } from '../operations/record.ts'
import { readRoleRecord, writeRoleRecord } from '../operations/workload-record.ts'
import { isAdopted, type Owner, requireOurs, tagsFor } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { reported } from '../report/difference.ts'
import { setting } from '../settings.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { factsOf } from '../steps/facts-of.ts'
import { step } from '../steps/step.ts'
import { description } from './create-role.step.ts'
import { clusterRolePath } from './name.ts'
import {
  changesPolicies,
  describeRoleChanges,
  earlierRole,
  inlinePolicyName,
  type PolicyChanges,
  policiesAskedBefore,
  policyChanges,
  type RoleSpec,
  recordedPath,
  requirePath,
  roleAdditions,
  roleDescription,
  roleDifferences,
  roleRecords,
  settingChanges,
} from './role.ts'
import { trustPolicy } from './trust-policy.ts'

type Input = z.output<typeof description.input>

/** The desired role. */
interface Desired {
  readonly ref: RoleRef
  readonly path: string
  readonly owner: Required<Owner>
  readonly settings: RoleSettings
  readonly policies: RoleSpec
  readonly adopt: boolean
  readonly dryRun: boolean
}

/** How an existing role that may be used differs from the desired one. */
interface Existing {
  readonly itself: RoleState
  readonly adopting: boolean
  readonly settings: Partial<RoleSettings>
  readonly policies: RolePolicies
}

const noPolicies: RolePolicies = { policyArns: [], inlinePolicyNames: [] }

/**
 * Brings the workload's role to the desired state: its trust policy, boundary, tags, session length and policies. Gives
 * back the role's ARN.
 *
 * @throws {OwnershipConflict} when a role of this name exists that must not be changed
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const before = await readRoleRecord(request.clusterName, request.workload)
  const desired = desiredOf(request, context, before)
  const change = await readingAgain(() => bring(desired, before))
  return { output: { roleArn: desired.ref.arn }, changes: [change] }
}

export const handler = step(description, run)

function desiredOf(request: Input, context: StepContext, before: RoleRecord | undefined): Desired {
  const { dryRun, signal } = context
  const { namespace, serviceAccount, role } = request.workload
  const path = recordedPath(before, role.name) ?? clusterRolePath(setting('ROLE_PATH'), request.clusterName)
  const account = { partition: setting('PARTITION'), accountId: setting('ACCOUNT_ID') }
  const arn = roleArn(account, path, role.name)
  const owner = {
    deployment: setting('DEPLOYMENT'),
    cluster: request.clusterName,
    workload: { namespace, serviceAccount },
  }
  const { issuerUrl } = factsOf(context)
  return {
    ref: { name: role.name, arn, signal },
    path,
    owner,
    settings: {
      tags: tagsFor(owner, false),
      permissionsBoundaryArn: setting('PERMISSIONS_BOUNDARY_ARN'),
      trustPolicy: trustPolicy(account, { issuerUrl, namespace, serviceAccount }),
      session: { description: roleDescription(owner), maxSessionSeconds: role.maxSessionSeconds },
    },
    policies: role,
    adopt: request.adopt,
    dryRun,
  }
}

async function bring(desired: Desired, before: RoleRecord | undefined): Promise<Change> {
  const { ref, dryRun } = desired
  const needsText = dryRun || desired.policies.inlinePolicy !== undefined
  const policies = readRolePolicies(ref, needsText ? inlinePolicyName : undefined)
  // The result is awaited below, when the role exists. IAM may refuse to show the policies of a role that does not
  // exist.
  policies.catch(() => undefined)
  const itself = await readRole(ref)
  const existing = itself && { ...compare(itself, desired), policies: await policies }
  const observed = existing?.policies ?? noPolicies
  const changes = policyChanges(observed, desired.policies, policiesAskedBefore(before, ref.arn))

  if (!dryRun) await write(desired, existing, changes, before)
  const detail = describeRoleChanges(existing?.settings ?? {}, changes, earlierRole(before, ref.arn))
  return {
    object: ref.arn,
    action: actionOf(existing, changes),
    ...(detail !== '' && { detail }),
    ...(dryRun && existing && report(existing, changes, desired)),
  }
}

function report({ itself, policies, settings }: Existing, changes: PolicyChanges, desired: Desired): Partial<Change> {
  const observed = { itself, policies }
  return reported(roleDifferences(observed, settings, changes, desired.policies), roleAdditions(changes))
}

/**
 * Compares an existing role with the desired one.
 *
 * @throws {OwnershipConflict} when the role must not be changed
 */
function compare(itself: RoleState, desired: Desired): Omit<Existing, 'policies'> {
  const { ref, path, owner } = desired
  requirePath(ref.arn, itself, path)
  const adopting = requireOurs({ object: ref.arn, tags: itself.tags }, owner, desired.adopt) === 'adopting'
  const settings = { ...desired.settings, tags: tagsFor(owner, adopting || isAdopted(itself.tags)) }
  return { itself, adopting, settings: settingChanges(itself, settings) }
}

async function write(
  desired: Desired,
  existing: Existing | undefined,
  changes: PolicyChanges,
  before: RoleRecord | undefined,
): Promise<void> {
  const { ref, owner } = desired
  const records = roleRecords(ref, desired.policies, before)
  await writeRoleRecord(owner.cluster, owner.workload, records.during, before)
  if (existing) await writeSettings(existing.settings, ref)
  else await createRole(ref, desired.path, desired.settings)
  await writePolicies(changes, desired, existing)
  await writeRoleRecord(owner.cluster, owner.workload, records.after, records.during)
}

/**
 * Writes one change after the other, because IAM refuses concurrent changes of one role. The tags come first, so that
 * they show the owner after a crash. The boundary comes before anything that it bounds.
 */
async function writeSettings(changes: Partial<RoleSettings>, ref: RoleRef): Promise<void> {
  if (changes.tags) await tagRole(ref, changes.tags)
  if (changes.permissionsBoundaryArn) await putPermissionsBoundary(ref, changes.permissionsBoundaryArn)
  if (changes.trustPolicy) await replaceTrustPolicy(ref, changes.trustPolicy)
  if (changes.session) await updateSession(ref, changes.session)
}

async function writePolicies(changes: PolicyChanges, desired: Desired, existing: Existing | undefined): Promise<void> {
  const { ref, policies } = desired
  // IAM may check the permission before it knows the path and the boundary of a new role.
  const justWritten = !existing || existing.settings.permissionsBoundaryArn !== undefined
  const attach = async () => {
    for (const arn of changes.attach) await retryableWhilePropagating(justWritten, attachPolicy(ref, arn))
  }
  const detach = async () => {
    for (const arn of changes.detach) await detachPolicy(ref, arn)
  }
  for (const write of changes.detachFirst ? [detach, attach] : [attach, detach]) await write()
  if (changes.inline === 'put' && policies.inlinePolicy) {
    await retryableWhilePropagating(justWritten, putInlinePolicy(ref, inlinePolicyName, policies.inlinePolicy))
  }
  if (changes.inline === 'delete') await deleteInlinePolicy(ref, inlinePolicyName)
}

function actionOf(existing: Existing | undefined, policies: PolicyChanges): Change['action'] {
  if (!existing) return 'created'
  if (existing.adopting) return 'adopted'
  return Object.keys(existing.settings).length > 0 || changesPolicies(policies) ? 'updated' : 'unchanged'
}

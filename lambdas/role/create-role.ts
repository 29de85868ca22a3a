import type * as z from 'zod/mini'
import { roleResource } from '../claims/claim.ts'
import { claimStatesOf, hold } from '../claims/claims.ts'
import { unclaimed } from '../claims/refusal.ts'
import { iamOf } from '../clouds/aws/clients/iam.ts'
import {
  readingAgain,
  recordedUnlessRefused,
  retryableWhilePrincipalPropagates,
  retryableWhilePropagating,
  type WrittenAt,
} from '../clouds/aws/iam-consistency.ts'
import { roleArn } from '../clouds/aws/iam-names.ts'
import {
  attachPolicy,
  deleteInlinePolicy,
  detachPolicy,
  putInlinePolicy,
  type RolePolicies,
  readInlinePolicy,
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
import { trustedIssuers } from '../operations/record/issuer-move.ts'
import type { RoleRecord } from '../operations/record/record.ts'
import { readRoleRecord, roleUnlessKnown, roleWrite, writeRoleRecord } from '../operations/record/workload-record.ts'
import { adoptionRefused, isAdopted, type Owner, requireOurs, tagsFor } from '../ownership/ownership.ts'
import type { Change } from '../report/change.ts'
import { reported } from '../report/difference.ts'
import { accountOf, setting } from '../settings.ts'
import type { StepContext, StepRun } from '../steps/contract.ts'
import { factsOf } from '../steps/facts-of.ts'
import { boundaryArn, memberAccess } from '../steps/member-access.ts'
import { step } from '../steps/step.ts'
import { description } from './create-role.step.ts'
import { clusterRolePath } from './name.ts'
import {
  changedBefore,
  changesPolicies,
  describeRoleChanges,
  earlierRole,
  inlinePolicyName,
  type PolicyChanges,
  policiesRequestedBefore,
  policyChanges,
  type RoleSpec,
  requirePath,
  roleAdditions,
  roleDescription,
  roleDifferences,
  roleRecords,
  settingChanges,
  withoutChange,
} from './role.ts'
import { trustPolicy } from './trust-policy.ts'

type Input = z.output<typeof description.input>

interface Desired {
  readonly ref: RoleRef
  readonly path: string
  readonly owner: Required<Owner>
  readonly settings: RoleSettings
  readonly policies: RoleSpec
  readonly adopt: boolean
  readonly dryRun: boolean
  /** The time of the last creation of the provider in the trust policy. */
  readonly providerChangedAt: string | undefined
  readonly reportChange: StepContext['reportChange']
}

/** An existing role that may be changed, with the settings in which it differs from the desired role. */
interface Existing {
  readonly itself: RoleState
  readonly adopting: boolean
  readonly settings: Partial<RoleSettings>
  readonly policies: RolePolicies
}

const noPolicies: RolePolicies = { policyArns: [], inlinePolicyNames: [] }

/**
 * Brings the workload's role to the desired state: its trust policy, boundary, tags, session length and policies.
 * Returns the role's ARN.
 *
 * @throws {OwnershipConflict} when another cluster owns the role, or an existing role of this name may not be changed
 */
export const run: StepRun<typeof description> = async (request, context) => {
  const desired = desiredOf(request, context)
  const { change, role } = await readingAgain(async (round) => {
    // An earlier round may have written the record.
    const before = round === 1 ? context.workload.role : await readRoleRecord(request.clusterName, request.workload)
    return reconcile(desired, before)
  })
  return { output: { roleArn: change.object }, changes: [change], observed: { role } }
}

export const handler = step(description, run)

function desiredOf(request: Input, context: StepContext): Desired {
  const { dryRun, signal, reportChange } = context
  const { namespace, serviceAccount, role } = request.workload
  const path = clusterRolePath(setting('ROLE_PATH'), request.clusterName)
  const account = accountOf(request.awsAccountId)
  const arn = roleArn(account, path, role.name)
  const owner = {
    deployment: setting('DEPLOYMENT'),
    cluster: request.clusterName,
    workload: { namespace, serviceAccount },
  }
  const { issuerUrl } = factsOf(context)
  const issuerUrls = trustedIssuers(issuerUrl, context.status.formerIssuer, new Date())
  return {
    ref: { name: role.name, arn, iam: iamOf(memberAccess(arn, description)), signal },
    path,
    owner,
    settings: {
      tags: tagsFor(owner, false),
      permissionsBoundaryArn: boundaryArn(arn),
      trustPolicy: trustPolicy(account, { issuerUrls, namespace, serviceAccount }),
      session: { description: roleDescription(owner), maxSessionSeconds: role.maxSessionSeconds },
    },
    policies: role,
    adopt: request.adopt,
    dryRun,
    reportChange,
    providerChangedAt: context.status.providerChangedAt,
  }
}

/** Returns the change, and the final record of the role. The record is undefined if the table already has it. */
async function reconcile(
  desired: Desired,
  before: RoleRecord | undefined,
): Promise<{ readonly change: Change; readonly role: RoleRecord | undefined }> {
  const { ref, dryRun } = desired
  const existing = await observe(desired, before)
  const observed = existing?.policies ?? noPolicies
  const changes = policyChanges(observed, desired.policies, policiesRequestedBefore(before, ref.arn))

  const writing = () => (existing ? change(desired, existing, changes, before) : create(desired, changes, before))
  const role = dryRun ? undefined : await writing()
  const detail = describeRoleChanges(existing?.settings ?? {}, changes, earlierRole(before, ref.arn))
  const reported = {
    object: ref.arn,
    action: actionOf(existing, changes),
    ...(detail !== '' && { detail }),
    ...(dryRun &&
      (existing ? report(existing, changes, desired) : { made: { trustPolicy: desired.settings.trustPolicy } })),
    ...(dryRun && existing?.adopting && adoptionRefused(ref.arn, desired.adopt)),
  }
  return { change: reported, role }
}

/** Returns the existing role, or undefined if IAM returns none. */
async function observe(desired: Desired, before: RoleRecord | undefined): Promise<Existing | undefined> {
  const { ref, dryRun } = desired
  const writtenAt = () => [changedBefore(before, ref.arn)]
  const policies = retryableWhilePropagating(policiesOf(desired), writtenAt)
  // If the role exists, the result is awaited below. If not, IAM may deny this read, and the denial is ignored.
  policies.catch(() => undefined)
  const itself = await retryableWhilePropagating(readRole(ref), writtenAt)
  // If the role exists but IAM does not return it yet, the creation fails, and the step reads again.
  if (!itself) {
    if (dryRun) await claimStatesOf([roleResource(ref.arn)], desired.owner)
    return undefined
  }
  const compared = compare(itself, desired)
  await claim(compared, desired)
  return { ...compared, policies: await policies }
}

/**
 * Reads our inline policy only if it is requested, because other roles rarely have it. A dry run also reads an
 * unrequested one, to report what a setup would delete.
 */
async function policiesOf({ ref, policies, dryRun }: Desired): Promise<RolePolicies> {
  if (policies.inlinePolicy) return readRolePolicies(ref, inlinePolicyName)
  const observed = await readRolePolicies(ref)
  if (!dryRun || !observed.inlinePolicyNames.includes(inlinePolicyName)) return observed
  const inlinePolicy = await readInlinePolicy(ref, inlinePolicyName)
  return { ...observed, ...(inlinePolicy && { inlinePolicy }) }
}

/**
 * For an adoption, claims the role for the cluster. For a role with our tags, requires that the cluster has the claim.
 *
 * @throws {OwnershipConflict} when another cluster has the claim, or when a role with our tags has no claim
 */
async function claim({ adopting }: Pick<Existing, 'adopting'>, { ref, owner, dryRun }: Desired): Promise<void> {
  const role = roleResource(ref.arn)
  if (adopting) return hold([role], { ...owner, dryRun })
  const [state] = await claimStatesOf([role], owner)
  if (state !== 'own') throw unclaimed(owner.cluster, role)
}

function report({ itself, policies, settings }: Existing, changes: PolicyChanges, desired: Desired): Partial<Change> {
  const observed = { itself, policies }
  return reported(roleDifferences(observed, settings, changes, desired.policies), roleAdditions(changes))
}

/**
 * Compares an existing role with the desired role. A dry run also compares a role that only an adoption may change.
 *
 * @throws {OwnershipConflict} when the role may not be changed
 */
function compare(itself: RoleState, desired: Desired): Omit<Existing, 'policies'> {
  const { ref, path, owner, adopt, dryRun } = desired
  requirePath(ref.arn, itself, path)
  const adopting = requireOurs({ object: ref.arn, tags: itself.tags }, owner, adopt || dryRun) === 'adopting'
  const settings = { ...desired.settings, tags: tagsFor(owner, adopting || isAdopted(itself.tags)) }
  return { itself, adopting, settings: settingChanges(itself, settings) }
}

/**
 * Creates the role. Before that, one transaction stores the claim and the record. The record already has `changedAt`,
 * so that after a crash the next run knows that IAM may not return the role yet. Returns the final record.
 */
async function create(
  desired: Desired,
  changes: PolicyChanges,
  before: RoleRecord | undefined,
): Promise<RoleRecord | undefined> {
  const { ref, owner } = desired
  const changedAt = new Date().toISOString()
  const { during, after } = roleRecords(ref, desired.policies, before, changedAt)
  await hold([roleResource(ref.arn)], owner, roleWrite(owner, during, before))
  const creation = createRole(ref, desired.path, desired.settings)
  await recordedUnlessRefused(
    retryableWhilePrincipalPropagates(creation, () => [desired.providerChangedAt]),
    () => writeRoleRecord(owner.cluster, owner.workload, withoutChange(during), during),
  )
  desired.reportChange({ object: ref.arn, action: 'created' })
  await writePolicies(changes, desired, [changedAt])
  return roleUnlessKnown(after, during)
}

async function change(
  desired: Desired,
  { itself, settings }: Existing,
  changes: PolicyChanges,
  before: RoleRecord | undefined,
): Promise<RoleRecord | undefined> {
  const { ref, owner } = desired
  const { tags, permissionsBoundaryArn, trustPolicy } = settings
  const isTaggedOrBounded = tags !== undefined || permissionsBoundaryArn !== undefined
  const taggedOrBoundedAt = isTaggedOrBounded ? new Date().toISOString() : changedBefore(before, ref.arn)
  const { during, after } = roleRecords(ref, desired.policies, before, taggedOrBoundedAt)
  await writeRoleRecord(owner.cluster, owner.workload, during, before)
  const writtenAt = [taggedOrBoundedAt, itself.createdAt]
  const taggedAt = [tags ? taggedOrBoundedAt : changedBefore(before, ref.arn), itself.createdAt]
  await writeSettings(settings, desired, { taggedAt, writtenAt })
  await writePolicies(changes, desired, writtenAt)
  // The permissions for these writes do not depend on the trust policy. The proof does: with the new time, it is
  // retried until the new trust policy is visible.
  return roleUnlessKnown(trustPolicy ? { ...after, changedAt: new Date().toISOString() } : after, during)
}

/**
 * Writes the settings in sequence, because IAM rejects concurrent changes of one role. The tags come first, so that
 * they show the owner after a crash. The boundary comes before everything that it limits.
 *
 * @param taggedAt when the role got the path and the tag, on which the permission to write the boundary depends
 * @param writtenAt when the role got the path, the tag and the boundary, on which other permissions to write depend
 */
async function writeSettings(
  changes: Partial<RoleSettings>,
  { ref, providerChangedAt }: Desired,
  { taggedAt, writtenAt }: { readonly taggedAt: WrittenAt; readonly writtenAt: WrittenAt },
): Promise<void> {
  const allowed = (write: Promise<void>) => retryableWhilePropagating(write, () => writtenAt)
  if (changes.tags) await tagRole(ref, changes.tags)
  if (changes.permissionsBoundaryArn) {
    const write = putPermissionsBoundary(ref, changes.permissionsBoundaryArn)
    await retryableWhilePropagating(write, () => taggedAt)
  }
  if (changes.trustPolicy) {
    const write = replaceTrustPolicy(ref, changes.trustPolicy)
    await allowed(retryableWhilePrincipalPropagates(write, () => [providerChangedAt]))
  }
  if (changes.session) await allowed(updateSession(ref, changes.session))
}

/** @param writtenAt when the role got the path, the tag and the boundary, on which the permission to write depends */
async function writePolicies(changes: PolicyChanges, { ref, policies }: Desired, writtenAt: WrittenAt): Promise<void> {
  const allowed = (write: Promise<void>) => retryableWhilePropagating(write, () => writtenAt)
  const attach = async () => {
    for (const arn of changes.attach) await allowed(attachPolicy(ref, arn))
  }
  const detach = async () => {
    for (const arn of changes.detach) await allowed(detachPolicy(ref, arn))
  }
  for (const write of changes.detachFirst ? [detach, attach] : [attach, detach]) await write()
  if (changes.inline === 'put' && policies.inlinePolicy) {
    await allowed(putInlinePolicy(ref, inlinePolicyName, policies.inlinePolicy))
  }
  if (changes.inline === 'delete') await allowed(deleteInlinePolicy(ref, inlinePolicyName))
}

function actionOf(existing: Existing | undefined, policies: PolicyChanges): Change['action'] {
  if (!existing) return 'created'
  if (existing.adopting) return 'adopted'
  return Object.keys(existing.settings).length > 0 || changesPolicies(policies) ? 'updated' : 'unchanged'
}

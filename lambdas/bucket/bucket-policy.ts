import type { BucketGrant } from '../claims/bucket-claim.ts'
import type { Binding, BucketPolicy } from '../clouds/google/bucket-client.ts'
import { bounded, type Difference, differenceIn } from '../report/difference.ts'

/** The grant of `role` to `member`, without a condition. */
export interface Grant {
  readonly role: string
  readonly member: string
}

/** The documents must be publicly readable, because AWS reads them without credentials. */
export const everybodyReads: Grant = { role: 'roles/storage.objectViewer', member: 'allUsers' }

/** The grants of a discovery bucket: public read access, and write access for the clusters' management service. */
export function discoveryGrants(terms: BucketGrant): Grant[] {
  return [everybodyReads, managementGrant(terms)]
}

export function managementGrant({ account, role }: BucketGrant): Grant {
  return { role, member: `serviceAccount:${account}` }
}

export function missingGrants(policy: BucketPolicy, grants: readonly Grant[]): Grant[] {
  return grants.filter(({ role, member }) => !policy.bindings.some(binds(role, member)))
}

/** The policy with the grants added. Every other binding stays unchanged, including conditions. */
export function withGrants(policy: BucketPolicy, grants: readonly Grant[]): BucketPolicy {
  return { ...policy, bindings: missingGrants(policy, grants).reduce<readonly Binding[]>(withGrant, policy.bindings) }
}

/** Returns the policy without the grant, or undefined if the grant is missing. Bindings with a condition stay. */
export function withoutGrant(policy: BucketPolicy, { role, member }: Grant): BucketPolicy | undefined {
  if (!policy.bindings.some(binds(role, member))) return undefined
  const isGrant = binds(role, member)
  const bindings = policy.bindings
    .map((binding) =>
      isGrant(binding) ? { ...binding, members: binding.members.filter((one) => one !== member) } : binding,
    )
    .filter(({ members }) => members.length > 0)
  return { ...policy, bindings }
}

export function grantDifferences(missing: readonly Grant[]): Difference[] {
  return missing.map(({ role, member }) => differenceIn(membersOf(role), member, undefined))
}

/**
 * Returns the grants that are not ours, each with the condition of its binding. Omits the grants that Cloud Storage
 * adds to every new bucket for its project:
 * https://cloud.google.com/storage/docs/access-control/iam-roles#basic-roles-modifiable
 */
export function grantAdditions(policy: BucketPolicy, grants: readonly Grant[], projectId: string): Difference[] {
  const isExpected = ({ role, condition }: Binding, member: string) =>
    isByDefault(role, member, projectId) ||
    (!condition && grants.some((grant) => grant.role === role && grant.member === member))
  return bounded(
    policy.bindings.flatMap((binding) =>
      binding.members.filter((member) => !isExpected(binding, member)).map((member) => additionOf(binding, member)),
    ),
  )
}

function additionOf({ role, condition }: Binding, member: string): Difference {
  const observed = condition ? { member, condition: condition.expression } : member
  return differenceIn(membersOf(role), undefined, observed)
}

function membersOf(role: string): string {
  return `bindings[${role}].members`
}

const membersByDefault = ['projectOwner', 'projectEditor', 'projectViewer']

function isByDefault(role: string, member: string, projectId: string): boolean {
  return role.startsWith('roles/storage.legacy') && membersByDefault.some((kind) => member === `${kind}:${projectId}`)
}

function withGrant(bindings: readonly Binding[], { role, member }: Grant): readonly Binding[] {
  const index = bindings.findIndex((binding) => binding.role === role && !binding.condition)
  const observed = bindings[index]
  if (!observed) return [...bindings, { role, members: [member] }]
  return bindings.with(index, { ...observed, members: [...observed.members, member] })
}

function binds(role: string, member: string): (binding: Binding) => boolean {
  return (binding) => binding.role === role && !binding.condition && binding.members.includes(member)
}

import type { Binding, BucketPolicy } from '../clouds/google/bucket-client.ts'
import { bounded, type Difference, differenceIn } from '../report/difference.ts'

/** `member` has `role`, without a condition. */
export interface Grant {
  readonly role: string
  readonly member: string
}

/** AWS reads the documents without credentials. */
export const everybodyReads: Grant = { role: 'roles/storage.objectViewer', member: 'allUsers' }

/** What a discovery bucket needs: everybody reads, and the clusters' management service writes. */
export function discoveryGrants(managementServiceAccount: string, managementRole: string): Grant[] {
  return [everybodyReads, { role: managementRole, member: `serviceAccount:${managementServiceAccount}` }]
}

/** Those of the grants that the policy does not give yet. */
export function missingGrants(policy: BucketPolicy, grants: readonly Grant[]): Grant[] {
  return grants.filter(({ role, member }) => !policy.bindings.some(binds(role, member)))
}

/** The policy with the grants in it; every other binding, conditions included, stays as it is. */
export function withGrants(policy: BucketPolicy, grants: readonly Grant[]): BucketPolicy {
  return { ...policy, bindings: missingGrants(policy, grants).reduce<readonly Binding[]>(withGrant, policy.bindings) }
}

/** A difference for each grant that is missing. */
export function grantDifferences(missing: readonly Grant[]): Difference[] {
  return missing.map(({ role, member }) => differenceIn(membersOf(role), member, undefined))
}

/**
 * Who else has been given what, each with the binding's condition if it has one. What Cloud Storage gives to the project
 * of every new bucket is left out: https://cloud.google.com/storage/docs/access-control/iam-roles#basic-roles-modifiable
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
  const found = condition ? { member, condition: condition.expression } : member
  return differenceIn(membersOf(role), undefined, found)
}

function membersOf(role: string): string {
  return `bindings[${role}].members`
}

function isByDefault(role: string, member: string, projectId: string): boolean {
  const [kind, id] = member.split(':')
  return (
    role.startsWith('roles/storage.legacy') && /^project(Owner|Editor|Viewer)$/.test(kind ?? '') && id === projectId
  )
}

function withGrant(bindings: readonly Binding[], { role, member }: Grant): readonly Binding[] {
  const index = bindings.findIndex((binding) => binding.role === role && !binding.condition)
  const found = bindings[index]
  if (!found) return [...bindings, { role, members: [member] }]
  return bindings.with(index, { ...found, members: [...found.members, member] })
}

function binds(role: string, member: string): (binding: Binding) => boolean {
  return (binding) => binding.role === role && !binding.condition && binding.members.includes(member)
}

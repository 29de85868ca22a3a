import type { Deployment } from '../spec/deployment.ts'
import { type FieldPath, issueAt, quoted, repeated, type ValidationIssue } from '../spec/issue.ts'
import { maxPolicies, maxWorkloads, type RequestDraft, type WorkloadDraft } from '../spec/schema.ts'
import { comparedRoleName, defaultRoleName, hasDefaultForm } from './name.ts'
import { inlinePolicyIssues, policyArnProblems } from './policy-rules.ts'

type RoleDraft = NonNullable<WorkloadDraft['role']>

/** Validates that the list of workloads is not too long, and that each workload appears once and has its own role. */
export function workloadListIssues({ cluster, workloads }: RequestDraft, { name }: Deployment): ValidationIssue[] {
  if (workloads === undefined) return []
  return [
    ...countIssues(workloads.length),
    ...repeated(workloads.map(accountOf)).map(({ index, first, key }) =>
      issueAt(
        ['workloads', index],
        `is the service account ${key}, like workloads[${first}]: put all policies of the account into one workload`,
      ),
    ),
    ...roleNameIssues(workloads, { deployment: name, cluster: cluster?.name }),
  ]
}

/** The inputs of the hash in a default name, except the workload. */
interface RoleOwner {
  readonly deployment: string
  readonly cluster: string | undefined
}

/** Returns at most one issue for each role name. */
function roleNameIssues(workloads: readonly WorkloadDraft[], owner: RoleOwner): ValidationIssue[] {
  const foreign = foreignDefaultNameIssues(workloads, owner)
  const shared = sharedRoleIssues(workloads, owner)
  return [...foreign, ...shared.filter(({ path }) => !foreign.some((issue) => issue.path === path))]
}

function countIssues(count: number): ValidationIssue[] {
  if (count <= maxWorkloads) return []
  return [
    issueAt(
      ['workloads'],
      `has ${count} workloads, and a cluster takes at most ${maxWorkloads}: set some up on another cluster`,
    ),
  ]
}

function accountOf({ namespace, serviceAccount }: WorkloadDraft): string | undefined {
  return namespace && serviceAccount ? `${namespace}/${serviceAccount}` : undefined
}

function sharedRoleIssues(workloads: readonly WorkloadDraft[], owner: RoleOwner): ValidationIssue[] {
  const names = workloads.map((workload) => workload.role?.name ?? defaultNameOf(workload, owner))
  return repeated(names.map((name) => name && comparedRoleName(name)))
    .filter(({ index, first }) => !isSameAccount(workloads[index], workloads[first]))
    .map(({ index, first }) =>
      issueAt(
        ['workloads', index, 'role', 'name'],
        `${quoted(names[index])} is also the role of workloads[${first}] (IAM ignores case): choose another role.name`,
      ),
    )
}

/** Rejects the default name of another workload. Its hash identifies the deployment, the cluster and the workload. */
function foreignDefaultNameIssues(workloads: readonly WorkloadDraft[], owner: RoleOwner): ValidationIssue[] {
  return workloads.flatMap((workload, index) => {
    const given = workload.role?.name
    const own = defaultNameOf(workload, owner)
    if (given === undefined || own === undefined || !hasDefaultForm(given) || given === own) return []
    return [
      issueAt(
        ['workloads', index, 'role', 'name'],
        `${quoted(given)} has the form of a default name of another workload, which ends with a hyphen and 12 hexadecimal digits: give it another end, or leave role.name out to get ${own}`,
      ),
    ]
  })
}

function isSameAccount(one: WorkloadDraft | undefined, other: WorkloadDraft | undefined): boolean {
  const account = one && accountOf(one)
  return account !== undefined && account === (other && accountOf(other))
}

/** Returns undefined if the draft lacks a part of the name. */
function defaultNameOf({ namespace, serviceAccount }: WorkloadDraft, owner: RoleOwner): string | undefined {
  const { deployment, cluster } = owner
  return cluster && namespace && serviceAccount
    ? defaultRoleName(deployment, cluster, { namespace, serviceAccount })
    : undefined
}

/** Rejects workloads in namespaces for whose pods the webhook is not called. These pods would get no credentials. */
export function namespaceIssues({ webhook = {}, workloads = [] }: RequestDraft): ValidationIssue[] {
  if (webhook.mode !== 'install') return []
  const excluded = ['kube-system', webhook.namespace]
  return workloads.flatMap(({ namespace }, index) =>
    namespace !== undefined && excluded.includes(namespace)
      ? [
          issueAt(
            ['workloads', index, 'namespace'],
            `${quoted(namespace)} is excluded from the webhook, which must not block its own or system pods: use another namespace, or webhook.mode "none" with the token mounted by the pod itself`,
          ),
        ]
      : [],
  )
}

/** Validates the policies of each role. Managed policies belong to AWS, or to the account of the role. */
export function roleIssues({ cluster, workloads = [] }: RequestDraft, deployment: Deployment): ValidationIssue[] {
  const home = { ...deployment, accountId: cluster?.awsAccountId ?? deployment.accountId }
  return workloads.flatMap(({ role }, index) =>
    role === undefined ? [] : policyIssues(role, ['workloads', index, 'role'], home),
  )
}

function policyIssues(
  { policyArns, inlinePolicy }: RoleDraft,
  path: FieldPath,
  deployment: Deployment,
): ValidationIssue[] {
  if (policyArns === undefined && inlinePolicy === undefined) {
    return [
      issueAt(
        path,
        'has no policy: give policyArns, inlinePolicy or both, or policyArns [] when resource policies alone grant access',
      ),
    ]
  }
  return [
    ...managedPolicyIssues(policyArns ?? [], [...path, 'policyArns'], deployment),
    ...(inlinePolicy === undefined ? [] : inlinePolicyIssues(inlinePolicy, [...path, 'inlinePolicy'], deployment)),
  ]
}

function managedPolicyIssues(arns: readonly string[], path: FieldPath, deployment: Deployment): ValidationIssue[] {
  const count = new Set(arns).size
  const problems = arns.flatMap((arn, index) =>
    policyArnProblems(arn, deployment).map((message) => issueAt([...path, index], message)),
  )
  if (count <= maxPolicies) return problems
  return [
    issueAt(path, `has ${count} policies, and IAM attaches ${maxPolicies} to a role: join some of them`),
    ...problems,
  ]
}

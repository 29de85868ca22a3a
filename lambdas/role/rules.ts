import type { Deployment } from '../spec/deployment.ts'
import { type Fault, type FieldPath, faultAt, quoted, repeated } from '../spec/issue.ts'
import type { RequestDraft, WorkloadDraft } from '../spec/schema.ts'
import { defaultRoleName } from './name.ts'
import { inlinePolicyFaults, policyArnObjections } from './policy-rules.ts'

/**
 * The maximum number of workloads. More would fit neither the state of the workflow nor the time that a person wants to
 * wait.
 */
const mostWorkloads = 100
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const mostPolicies = 10

type RoleDraft = NonNullable<WorkloadDraft['role']>

/**
 * Validates the list of workloads: its length, that each workload appears once, and that each has a role of its own.
 */
export function workloadListFaults({ cluster, workloads }: RequestDraft): Fault[] {
  if (workloads === undefined) return []
  return [
    ...countFaults(workloads.length),
    ...repeated(workloads.map(accountOf)).map(({ index, first, key }) =>
      faultAt(['workloads', index], `is ${key} like workloads[${first}]: put all policies of an account into one`),
    ),
    ...sharedRoleFaults(workloads, cluster?.name),
  ]
}

function countFaults(count: number): Fault[] {
  if (count === 0) return [faultAt(['workloads'], 'is an empty list: give at least one workload')]
  if (count <= mostWorkloads) return []
  return [
    faultAt(['workloads'], `has ${count} workloads, and one request takes ${mostWorkloads}: split it, requests add up`),
  ]
}

function accountOf({ namespace, serviceAccount }: WorkloadDraft): string | undefined {
  return namespace && serviceAccount ? `${namespace}/${serviceAccount}` : undefined
}

/**
 * IAM compares names of roles without regard to case:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
function sharedRoleFaults(workloads: readonly WorkloadDraft[], cluster: string | undefined): Fault[] {
  const names = workloads.map((workload) => roleNameOf(workload, cluster))
  return repeated(names.map((name) => name?.toLowerCase()))
    .filter(({ index, first }) => !isSameAccount(workloads[index], workloads[first]))
    .map(({ index, first }) =>
      faultAt(
        ['workloads', index, 'role', 'name'],
        `${quoted(names[index])} is the role of workloads[${first}] too (IAM takes no notice of case): give role.name a name of its own`,
      ),
    )
}

function isSameAccount(one: WorkloadDraft | undefined, other: WorkloadDraft | undefined): boolean {
  const account = one && accountOf(one)
  return account !== undefined && account === (other && accountOf(other))
}

function roleNameOf(
  { namespace, serviceAccount, role }: WorkloadDraft,
  cluster: string | undefined,
): string | undefined {
  if (role?.name !== undefined) return role.name
  return cluster && namespace && serviceAccount ? defaultRoleName(cluster, namespace, serviceAccount) : undefined
}

/** The webhook is not called for pods in these namespaces, so they would get no credentials. */
export function namespaceFaults({ webhook = {}, workloads = [] }: RequestDraft): Fault[] {
  if (webhook.mode !== 'install') return []
  const left = ['kube-system', webhook.namespace]
  return workloads.flatMap(({ namespace }, index) =>
    namespace !== undefined && left.includes(namespace)
      ? [
          faultAt(
            ['workloads', index, 'namespace'],
            `${quoted(namespace)} is left out by the webhook, which must not stand in its own or the system's way: use another namespace, or webhook.mode "none" with the token mounted by the pod itself`,
          ),
        ]
      : [],
  )
}

/** Validates the policies of each role. */
export function roleFaults({ workloads = [] }: RequestDraft, deployment: Deployment): Fault[] {
  return workloads.flatMap(({ role }, index) =>
    role === undefined ? [] : policyFaults(role, ['workloads', index, 'role'], deployment),
  )
}

function policyFaults({ policyArns, inlinePolicy }: RoleDraft, path: FieldPath, deployment: Deployment): Fault[] {
  if (policyArns === undefined && inlinePolicy === undefined) {
    return [
      faultAt(
        path,
        'has no policy: give policyArns, inlinePolicy or both, or policyArns [] when resource policies alone grant access',
      ),
    ]
  }
  return [
    ...managedPolicyFaults(policyArns ?? [], [...path, 'policyArns'], deployment),
    ...(inlinePolicy === undefined ? [] : inlinePolicyFaults(inlinePolicy, [...path, 'inlinePolicy'], deployment)),
  ]
}

function managedPolicyFaults(arns: readonly string[], path: FieldPath, deployment: Deployment): Fault[] {
  const count = new Set(arns).size
  const objections = arns.flatMap((arn, index) =>
    policyArnObjections(arn, deployment).map((message) => faultAt([...path, index], message)),
  )
  if (count <= mostPolicies) return objections
  return [
    faultAt(path, `has ${count} policies, and IAM attaches ${mostPolicies} to a role: join some of them`),
    ...objections,
  ]
}

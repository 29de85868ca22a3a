/**
 * The actions that policies allow or forbid. Each operation of the API has an action of the same name. Each request
 * option that needs more permission than its operation also has an action.
 */

type ResourceType = 'Deployment' | 'Cluster' | 'Workload' | 'Operation'

interface ActionDescription {
  /** The group of the action. Policies may name a group in place of single actions. */
  readonly group: (typeof actionGroups)[number]
  readonly on: readonly ResourceType[]
  /** Whether the check includes the managed policies of the workloads. */
  readonly withPolicies?: true
  /** Whether the check includes the AWS account of the provider and the roles. */
  readonly withAccount?: true
}

export const actionGroups = ['list', 'read', 'operate', 'administer'] as const

/** An operation on one workload is checked on the workload. An operation on all workloads is checked on the cluster. */
export const actions = {
  'get-openapi': { group: 'list', on: ['Deployment'] },
  'get-access': { group: 'list', on: ['Deployment'] },
  'list-clusters': { group: 'list', on: ['Deployment'] },
  'list-workloads': { group: 'list', on: ['Deployment'] },
  'list-operations': { group: 'list', on: ['Deployment'] },
  'get-cluster': { group: 'read', on: ['Cluster'] },
  /** Covers all workloads of the cluster, so callers that may see only some of them may not use it. */
  'get-rights': { group: 'read', on: ['Cluster'] },
  'compute-rights': { group: 'read', on: ['Cluster'] },
  'get-operation': { group: 'read', on: ['Operation'] },
  'get-manifest': { group: 'read', on: ['Workload'] },
  /** Determines which workloads `get-cluster` and `list-workloads` show. */
  'read-workload': { group: 'read', on: ['Workload'] },
  'start-setup': { group: 'operate', on: ['Cluster'], withPolicies: true },
  'put-cluster': { group: 'operate', on: ['Cluster'], withPolicies: true },
  'start-plan': { group: 'operate', on: ['Cluster', 'Workload'], withPolicies: true },
  'add-workload': { group: 'operate', on: ['Workload'], withPolicies: true },
  'start-verification': { group: 'operate', on: ['Cluster', 'Workload'] },
  'start-drift': { group: 'operate', on: ['Cluster', 'Workload'] },
  'start-rotation': { group: 'operate', on: ['Deployment'] },
  'refresh-signing-keys': { group: 'operate', on: ['Cluster'] },
  /** With the code, the caller can enrol its own agent as the agent of the cluster. */
  'create-enrolment': { group: 'operate', on: ['Cluster'] },
  'tear-down-cluster': { group: 'operate', on: ['Cluster'] },
  'tear-down-workload': { group: 'operate', on: ['Workload'] },
  'cancel-operation': { group: 'operate', on: ['Operation'] },
  /** A `role.name` that is not the default name. */
  'name-role': { group: 'operate', on: ['Workload'] },
  /** `role.inlinePolicy`. */
  'use-inline-policy': { group: 'operate', on: ['Workload'] },
  /** A `cluster.awsAccountId` that is not the deployment's account. */
  'use-account': { group: 'administer', on: ['Cluster'], withAccount: true },
  /** `adopt` of a setup or a plan. */
  adopt: { group: 'administer', on: ['Cluster'] },
  'revoke-signing-key': { group: 'administer', on: ['Cluster'] },
  'accept-signing-key': { group: 'administer', on: ['Cluster'] },
  /** `force` of a teardown or of a revocation. */
  force: { group: 'administer', on: ['Cluster', 'Workload'] },
  /** `deleteCluster` of a teardown. */
  'delete-cluster': { group: 'administer', on: ['Cluster'] },
} as const satisfies Readonly<Record<string, ActionDescription>>

export type ActionName = keyof typeof actions

export const actionNames = Object.keys(actions).filter((name): name is ActionName => name in actions)

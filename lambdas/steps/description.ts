import type * as z from 'zod/mini'
import type { ClaimKind } from '../claims/kinds.ts'
import type { OperationKind } from '../operations/record/kinds.ts'
import type { SettingName } from '../settings.ts'
import type { ComparedRequest } from './compared-request.ts'
import type { StepCondition } from './condition.ts'
import type { KubernetesRight } from './kubernetes-right.ts'

/**
 * The description of a step: the only source of its function and role, its Task state, its rights on clusters, the
 * tests of permissions and the table in docs/. Its file `X.step.ts` is beside the handler `X.ts`. The file imports no
 * client, because other code imports it without the handler.
 */
export type StepDescription = CommonDescription & (OnClusters | { readonly client: 'google' | 'aws' })

export type StepOnClusters = Extract<StepDescription, OnClusters>

/** A step that calls API servers. Its function may be in a private network, and gets more memory. */
interface OnClusters {
  readonly client: 'kubernetes'
  /** All rights on API servers that the step uses, including its dry runs. Other steps may list the same rights. */
  readonly kubernetes: readonly [KubernetesRight, ...KubernetesRight[]]
}

interface CommonDescription {
  /** The name of the state in the state machines, which is the file's name in Pascal case. */
  readonly state: string
  /** What the step does, for the table in docs/. */
  readonly does: string
  /** Objects that readers might expect the step to change, but that it does not change. */
  readonly leavesAlone?: string
  readonly input: z.ZodMiniType
  readonly output: z.ZodMiniType<object>
  /** The condition that the step affects; absent when it affects none. */
  readonly condition?: StepCondition
  /** The time-out of one call of the function. The task waits ten seconds longer. */
  readonly timeoutSeconds: number
  /** Only for a step that may report that an object is not ready: the error of a workflow that stops waiting for it. */
  readonly notReady?: NotReady
  /** True when the step records the end of the operation: its own progress is then not recorded. */
  readonly recording?: true
  /** True when the step also runs without an operation, with an empty operation ID. Nothing is then recorded. */
  readonly withoutOperation?: true
  /** True when the step writes the secrets of clusters. All steps on clusters read these secrets. */
  readonly writesSecrets?: true
  /** True when the step sends notifications. The reconciler sends the notifications about the end of an operation. */
  readonly notifies?: true
  /** The step's additional actions on the table, apart from recording progress. */
  readonly table?: readonly TableAction[]
  /** The items that the step reads and writes, apart from operations, clusters, and claims that it makes or proves. */
  readonly writesItems?: readonly ItemKind[]
  /** The items that the step only reads. */
  readonly readsItems?: readonly ItemKind[]
  /** The items that the step reads and deletes. If it may also write them, `table` has `DeleteItem`. */
  readonly deletesItems?: readonly ItemKind[]
  readonly indexes?: readonly TableIndex[]
  /** The settings of the deployment that the function gets, in addition to the name of the table. */
  readonly settings?: readonly SettingName[]
  readonly aws?: readonly AwsRight[]
  /** What the step does to external resources that only one cluster may own. test/claims/cells.ts has a list. */
  readonly claims?: readonly StepClaim[]
  readonly workflows?: WorkflowRights
  /** Only for a step that plans and drifts run as a dry run. */
  readonly compared?: ComparedParts
}

/** The error of a workflow that stops waiting for the step. */
export interface NotReady {
  readonly error: string
  /** The reason without the deadline: `the cluster was not ready`. */
  readonly what: string
  readonly action: string
}

export type TableAction = 'BatchGetItem' | 'ConditionCheckItem' | 'DeleteItem' | 'PutItem' | 'Query' | 'UpdateItem'
/** A kind of items of the table. infra/permissions/permissions.ts has their partition keys. */
export type ItemKind =
  | 'operations'
  | 'open'
  | 'clusters'
  | 'generations'
  | 'rotation'
  | 'idempotency'
  | 'callers'
  | 'agents'
  | `claim of ${ClaimKind}`

export type TableIndex = 'by-list' | 'by-cluster' | 'by-status'

/** Actions of IAM and S3. infra/permissions/permissions.ts has the ARNs of `on` and the condition keys of `when`. */
export interface AwsRight {
  readonly actions: readonly `${'iam' | 's3'}:${string}`[]
  /**
   * `workload roles` are the roles under the deployment's path. Role names are unique across all paths. A role that
   * does not exist has no path: IAM then checks the permission for role/NAME, which is one of the `roles of any path`.
   * `discovery documents` are the documents of all clusters, in the `issuer bucket` of the deployment's issuer host. A
   * deployment without an issuer host grants no rights on them.
   */
  readonly on: 'workload roles' | 'roles of any path' | 'OIDC providers' | 'discovery documents' | 'issuer bucket'
  /**
   * - `tagged`: the object has the deployment's tag.
   * - `tagging`: the request sets the deployment's tag, and only tags of the product. The object has no other
   *   deployment's tag.
   * - `untagging`: the object has the deployment's tag, and the request removes only tags of the product.
   * - `creating`: the request sets the deployment's tag and its permissions boundary.
   * - `bounded`: the role has the deployment's tag, and either has its permissions boundary or gets it by the request.
   * - `trusted`: the role has the deployment's tag, and its boundary if IAM supports this condition key for the action.
   * - `allowed policy`: the role is `bounded`, and the settings of the deployment allow the policy.
   */
  readonly when?: 'tagged' | 'tagging' | 'untagging' | 'creating' | 'bounded' | 'trusted' | 'allowed policy'
}

/** A kind of resource for which the step needs a claim. */
export interface StepClaim {
  readonly kind: ClaimKind
  /**
   * - `makes`: it creates or adopts the resource, and claims it first.
   * - `changes`, `deletes`: it writes a resource of the cluster.
   * - `proves`: it finds that the cluster owns the resource, and claims it.
   * - `reads`: it writes something else, depending on the owner of the resource.
   * - `ends`: it deletes the claim, and leaves the resource.
   */
  readonly does: 'makes' | 'changes' | 'deletes' | 'proves' | 'reads' | 'ends'
}

/** The facts that a plan and a drift need about a step before it has run. */
export interface ComparedParts {
  /** True when a setup of this request runs the step. Default: always. */
  readonly when?: (request: ComparedRequest) => boolean
  /** The workloads for which the step runs: those of the request, or those that have left the spec. */
  readonly perWorkload?: 'requested' | 'removed'
  /** Names of the objects that the step creates or checks, as in its changes. `item` is `namespace/account`. */
  readonly objects?: (request: ComparedRequest, item: string) => string[]
}

export interface WorkflowRights {
  readonly starts?: OperationKind
  readonly describes?: readonly OperationKind[]
}

/** Returns the description unchanged, with its type checked. */
export function describeStep<const Description extends StepDescription>(description: Description): Description {
  return description
}

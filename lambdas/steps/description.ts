import type * as z from 'zod/mini'
import type { ClaimKind } from '../claims/kinds.ts'
import type { OperationKind } from '../operations/record/kinds.ts'
import type { SettingName } from '../settings.ts'
import type { ComparedRequest } from './compared-request.ts'
import type { StepCondition } from './condition.ts'
import type { KubernetesRight } from './kubernetes-right.ts'

/**
 * The one description of a step. The function and its role, the task of the state machine, the rights on clusters, the
 * tests of permissions and the table in docs/ are made from it. It is in `X.step.ts` beside the handler `X.ts`. It
 * imports no client, because it is read without the handler.
 */
export type StepDescription = CommonDescription & (OnClusters | { readonly client: 'google' | 'aws' })

/** A step that calls API servers, with its rights there. */
export type StepOnClusters = Extract<StepDescription, OnClusters>

/** A step that calls API servers. Its function may be in a private network, and gets more memory. */
interface OnClusters {
  readonly client: 'kubernetes'
  /**
   * All rights on API servers that the step uses, in dry runs too. Other steps may list the same rights. A step that
   * calls API servers has at least one.
   */
  readonly kubernetes: readonly [KubernetesRight, ...KubernetesRight[]]
}

interface CommonDescription {
  /** The name of the state in the state machines, which is the file's name in Pascal case. */
  readonly state: string
  /** What the step does, for the table in docs/. */
  readonly does: string
  /** What a reader might fear that the step changes, and what it does not change. */
  readonly leavesAlone?: string
  readonly input: z.ZodMiniType
  readonly output: z.ZodMiniType<object>
  /** The condition of a status that the step is about; left out when it is about none. */
  readonly condition?: StepCondition
  /** The time-out of one call of the function. The task waits ten seconds longer. */
  readonly timeoutSeconds: number
  /** Only for a step that can answer that something is not ready yet, where a workflow then fails. */
  readonly notReady?: NotReady
  /** True when the step records how the operation ends: its own progress is then not recorded. */
  readonly recording?: true
  /** True when an execution that is none of an operation may call the step, with an empty ID: nothing is then recorded of it. */
  readonly withoutOperation?: true
  /** True when the step also writes the secrets of clusters, which each step on clusters reads. */
  readonly writesSecrets?: true
  /** True when the step sends notifications: of the end of an operation its workflow sends one. */
  readonly notifies?: true
  /** What the step does to the record, besides the progress that each step records. */
  readonly table?: readonly TableAction[]
  /** The items that the step reads and writes, besides those of operations and clusters and the claims that it makes or proves. */
  readonly writesItems?: readonly ItemKind[]
  /** The items that it only reads. */
  readonly readsItems?: readonly ItemKind[]
  /** The items that it reads and deletes. `table` has `DeleteItem` where it deletes items that it may write, too. */
  readonly deletesItems?: readonly ItemKind[]
  readonly indexes?: readonly TableIndex[]
  /** The settings of the deployment that the function gets, besides the name of the table. */
  readonly settings?: readonly SettingName[]
  readonly aws?: readonly AwsRight[]
  /** The external resources that one cluster may own, and what the step does to them: docs/claims.md has the table. */
  readonly claims?: readonly StepClaim[]
  readonly workflows?: WorkflowRights
  /** Only for a step that plans and drifts run as a dry run. */
  readonly compared?: ComparedParts
}

/** The error of a workflow that no longer waits for the step. */
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
  | `claim of ${ClaimKind}`

export type TableIndex = 'by-list' | 'by-cluster' | 'by-status'

/** Actions of IAM and S3. infra/permissions/permissions.ts has the ARNs of `on` and the condition keys of `when`. */
export interface AwsRight {
  readonly actions: readonly `${'iam' | 's3'}:${string}`[]
  /**
   * `workload roles` are the roles under the deployment's path. Role names are unique across all paths. A role that
   * does not exist has no path: IAM then checks the permission for role/NAME, which is one of the `roles of any path`.
   * `discovery documents` are those of all clusters, in the `issuer bucket` behind the deployment's issuer host. A
   * deployment without such a host gives no rights on them.
   */
  readonly on: 'workload roles' | 'roles of any path' | 'OIDC providers' | 'discovery documents' | 'issuer bucket'
  /**
   * - `tagged`: the object has our tag.
   * - `tagging`: the request sets our tags and no others, on what nobody else's deployment has tagged.
   * - `untagging`: the object has our tag, and the request removes our tags and no others.
   * - `creating`: the request sets our tag and the deployment's permissions boundary.
   * - `bounded`: the role has our tag and the deployment's permissions boundary, or gets this boundary by the request.
   * - `trusted`: the role has our tag, and the deployment's permissions boundary where IAM knows the boundary of the action.
   * - `allowed policy`: the role is bounded, and the deployment allows the policy.
   */
  readonly when?: 'tagged' | 'tagging' | 'untagging' | 'creating' | 'bounded' | 'trusted' | 'allowed policy'
}

/** A kind of resource that the step requires a claim of. */
export interface StepClaim {
  readonly kind: ClaimKind
  /**
   * - `makes`: it makes the resource, or adopts it, and claims it first.
   * - `changes`, `deletes`: it writes what the cluster owns.
   * - `proves`: it finds that the resource is the cluster's, and claims it.
   * - `reads`: it writes something else, which depends on the owner of the resource.
   * - `ends`: it ends the claim, and leaves the resource.
   */
  readonly does: 'makes' | 'changes' | 'deletes' | 'proves' | 'reads' | 'ends'
}

/** What a plan and a drift know of a step before it has run. */
export interface ComparedParts {
  /** True when a setup of this request runs the step. Left out: always. */
  readonly when?: (request: ComparedRequest) => boolean
  /** For which workloads the step runs once each: those of the request, or those that have left the spec. */
  readonly perWorkload?: 'requested' | 'removed'
  /**
   * Names of the objects that the step makes or checks, as its changes spell them. `item` is `namespace/account`. Left
   * out: none.
   */
  readonly objects?: (request: ComparedRequest, item: string) => string[]
}

export interface WorkflowRights {
  readonly starts?: OperationKind
  readonly describes?: readonly OperationKind[]
}

/** The same description, with its type checked. */
export function describeStep<const Description extends StepDescription>(description: Description): Description {
  return description
}

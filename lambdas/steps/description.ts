import type * as z from 'zod/mini'
import type { OperationKind } from '../operations/kinds.ts'
import type { SettingName } from '../settings.ts'
import type { ComparedRequest } from './compared-request.ts'
import type { KubernetesRight } from './kubernetes-right.ts'

/**
 * What a step says of itself, once. The function and its role, the task of the state machine, the rights on clusters, the
 * tests of permissions and the table in docs/ are made from it. It lies in `X.step.ts` beside the handler `X.ts`, and imports no
 * client: it is read without the handler.
 */
export type StepDescription = CommonDescription & (OnClusters | { readonly client: 'google' | 'aws' })

/** A step that talks to API servers: its function may be in a private network, and gets more memory. */
interface OnClusters {
  readonly client: 'kubernetes'
  /** The rights on API servers of which it is the first step to need them; empty when earlier steps need all of them. */
  readonly kubernetes: readonly KubernetesRight[]
}

interface CommonDescription {
  /** The state's name in the state machines, and the file's in Pascal case. */
  readonly state: string
  /** What it does, for the table in docs/. */
  readonly does: string
  /** What it could be feared to touch, and does not. */
  readonly leavesAlone?: string
  readonly input: z.ZodMiniType
  readonly output: z.ZodMiniType<object>
  /** Of one call of its function; the task waits ten seconds longer. */
  readonly timeoutSeconds: number
  /** Whether it records how the operation ends: then its own progress is not recorded. */
  readonly recording?: true
  /** What it does to the record, beside the progress that every step records. */
  readonly table?: readonly TableAction[]
  readonly indexes?: readonly TableIndex[]
  /** What its function is told of the deployment beside the table's name. */
  readonly settings?: readonly SettingName[]
  readonly aws?: readonly AwsRight[]
  readonly workflows?: WorkflowRights
  /** Of a step that plans and drifts run dry. */
  readonly compared?: ComparedParts
}

export type TableAction = 'DeleteItem' | 'GetItem' | 'PutItem' | 'Query' | 'UpdateItem'
export type TableIndex = 'by-list' | 'by-cluster'

/** Actions of IAM; infra/permissions.ts has the ARNs of `on` and the condition keys of `when`. */
export interface AwsRight {
  readonly actions: readonly `iam:${string}`[]
  /**
   * `workload roles` are those under the deployment's path. Names are unique over all paths, and a role that is not there has
   * none: IAM then looks at role/NAME, one of the `roles of any path`.
   */
  readonly on: 'workload roles' | 'roles of any path' | 'OIDC providers'
  /**
   * `marked`: the object has our tag; `marking`: the request gives it our tags and no others; `bounded`: the role has the
   * deployment's boundary; `allowed policy`: it is bounded, and the policy is one that the deployment allows.
   */
  readonly when?: 'marked' | 'marking' | 'bounded' | 'allowed policy'
}

/** What a plan and a drift know of a step before it has run. */
export interface ComparedParts {
  /** Whether a setup of this request runs it; left out: always. */
  readonly when?: (request: ComparedRequest) => boolean
  /** Whether it runs once for each workload. */
  readonly perWorkload?: true
  /** Names of the objects that it is there for, as its changes spell them; `item` is `namespace/account`. Left out: none. */
  readonly objects?: (request: ComparedRequest, item: string) => string[]
}

export interface WorkflowRights {
  readonly starts?: OperationKind
  readonly describes?: readonly OperationKind[]
}

/** The description as it is given, checked. */
export function describeStep<const Description extends StepDescription>(description: Description): Description {
  return description
}

import type * as z from 'zod/mini'
import type { Assessment } from '../operations/record/condition.ts'
import type {
  ClusterFacts,
  ClusterStatus,
  FormerIssuer,
  RecordedCredentials,
  RoleRecord,
  Validity,
  WorkloadStatus,
} from '../operations/record/record.ts'
import type { Change } from '../report/change.ts'
import type { Waiting } from '../report/waiting.ts'
import type { StepDescription } from './description.ts'

/** The result of a step: its output, or the reason why it waits. */
export type StepResult<Output = Readonly<Record<string, never>>> =
  | {
      readonly output: Output
      readonly changes: readonly Change[]
      readonly observed?: Observed | undefined
      /** The assessment of the step's condition, if it differs from the result of `afterSuccess`. */
      readonly assessment?: Assessment
    }
  | { readonly waiting: Waiting; readonly changes?: readonly Change[]; readonly observed?: Observed | undefined }

/** The observed part of the cluster's or the workload's status. */
export type Observed = ObservedOfCluster & ObservedOfWorkload

interface ObservedOfCluster extends ObservedCredentials {
  readonly cluster?: ClusterFacts
  readonly formerIssuer?: FormerIssuer | undefined
  readonly webhookCertificate?: Validity | undefined
}

/** Set by a step whose condition belongs to a workload. */
interface ObservedOfWorkload {
  readonly verifiedAt?: string
  readonly refusedAt?: string
  /** The record of the role, unless the step has already written it itself. */
  readonly role?: RoleRecord | undefined
}

/** The expiry of the credentials, from the secrets that the step has read. */
export interface ObservedCredentials {
  readonly credentials?: RecordedCredentials | undefined
  readonly managementCredentials?: RecordedCredentials | undefined
}

/** The additional parameters of each step. */
export interface StepContext {
  readonly operationId: string
  /** Name of the cluster; empty in a step that is not for a single cluster. */
  readonly cluster: string
  /** True when the step only reports what it would do, and writes nothing in any cloud. */
  readonly dryRun: boolean
  /** The status of the cluster when the step started; empty for a cluster that is not recorded. */
  readonly status: ClusterStatus
  /** The status of the workload when the step started; empty unless the step's condition belongs to a workload. */
  readonly workload: WorkloadStatus
  /** Aborts shortly before the time-out of the function. */
  readonly signal: AbortSignal
  /** Reports a change before further writes, so that the record contains it even if the step fails later. */
  readonly reportChange: (change: Change) => void
}

/** The work of a step, with the types of its description. `step()` makes the handler from it. */
export type StepRun<Description extends Pick<StepDescription, 'input' | 'output'>> = (
  input: z.output<Description['input']>,
  context: StepContext,
) => Promise<StepResult<DeepReadonly<z.output<Description['output']>>>>

/** An immutable type, because steps pass their outputs on. */
export type DeepReadonly<Value> = Value extends readonly (infer Element)[]
  ? readonly DeepReadonly<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value

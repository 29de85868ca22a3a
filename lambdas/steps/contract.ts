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

/** A step returns its output, or says what it waits for. */
export type StepResult<Output = Readonly<Record<string, never>>> =
  | {
      readonly output: Output
      readonly changes: readonly Change[]
      readonly observed?: Observed | undefined
      /** What it says of its condition, where that is not what its description says. */
      readonly assessment?: Assessment
    }
  | { readonly waiting: Waiting; readonly changes?: readonly Change[]; readonly observed?: Observed | undefined }

/** What a step has observed of its cluster or of its workload: it goes into the status. */
export type Observed = ObservedOfCluster & ObservedOfWorkload

interface ObservedOfCluster extends ObservedCredentials {
  readonly cluster?: ClusterFacts
  readonly formerIssuer?: FormerIssuer | undefined
  readonly webhookCertificate?: Validity | undefined
}

/** Of a step whose condition is one of workloads. */
interface ObservedOfWorkload {
  readonly verifiedAt?: string
  readonly refusedAt?: string
  /** The record of the role, when it differs from what the step has written of it before. */
  readonly role?: RoleRecord | undefined
}

/** Of the secrets that the step has read. */
export interface ObservedCredentials {
  readonly credentials?: RecordedCredentials | undefined
  readonly managementCredentials?: RecordedCredentials | undefined
}

/** What each step gets besides its input. */
export interface StepContext {
  readonly operationId: string
  /** Name of the cluster; empty in a step that is not about one cluster. */
  readonly cluster: string
  /** True when the step only reports what it would do and writes nothing at any cloud. */
  readonly dryRun: boolean
  /** The status of the cluster when the step started; empty for a cluster that is not recorded. */
  readonly status: ClusterStatus
  /** The status of the workload that the step's condition is about, when the step started. */
  readonly workload: WorkloadStatus
  /** Aborted shortly before the time-out of the function. */
  readonly signal: AbortSignal
  /** Says what was made while more is to be written: the record has it also when the step fails at that. */
  readonly made: (change: Change) => void
}

/** The work of a step, with the types of its description. `step()` makes the handler from it. */
export type StepRun<Description extends Pick<StepDescription, 'input' | 'output'>> = (
  input: z.output<Description['input']>,
  context: StepContext,
) => Promise<StepResult<DeepReadonly<z.output<Description['output']>>>>

/** A type whose values cannot be changed: a step passes its output on. */
export type DeepReadonly<Value> = Value extends readonly (infer Element)[]
  ? readonly DeepReadonly<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value

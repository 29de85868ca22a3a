import type { Explanation } from '../errors/step-errors.ts'

/** One field of an object that is not as it should be. Never one of a Secret's contents. */
export interface Difference {
  /** `spec.replicas`, `thumbprints`, `policyArns`: as the object's own API spells it. */
  readonly field: string
  /** Left out when the field should not be there. */
  readonly wanted?: unknown
  /** Left out when the field is not there. */
  readonly found?: unknown
  /** Who owns the field now, where the API tells: a field manager of Kubernetes. */
  readonly manager?: string
  /** When that manager last wrote to the object; ISO 8601 in UTC. */
  readonly changedAt?: string
}

/** What a step did to one object; in a dry run, what it would do. */
export interface Change {
  /** An ARN, a URL, or `Kind namespace/name`. */
  readonly object: string
  readonly action: 'created' | 'updated' | 'unchanged' | 'adopted' | 'deleted'
  /** What differed or what the reader should know, for example a foreign policy that was left in place. */
  readonly detail?: string
  /** In a dry run, field by field what would be written to an object that is there. */
  readonly differences?: readonly Difference[]
  /** In a dry run, what others have added to the object and is left as it is. */
  readonly additions?: readonly Difference[]
  /** In a dry run, the error that writing this object would end in: `action` is what would be done if it might be. */
  readonly refused?: Refusal
  /** In a dry run: it is made only for a while, and taken away again by the same workflow. */
  readonly temporary?: true
}

/** A StepError, as it is kept. */
export interface Refusal extends Explanation {
  readonly name: string
}

export interface ClusterEvent {
  readonly time: string
  readonly type: string
  readonly reason: string
  readonly message: string
}

/** Why a polled step is not done yet, and what a person can do about it. */
export interface Waiting {
  readonly reason: string
  readonly events?: readonly ClusterEvent[]
}

/** A step ends with its output, or says what it is waiting for. */
export type StepResult<Output> =
  | { readonly output: Output; readonly changes: readonly Change[] }
  | { readonly waiting: Waiting; readonly changes?: readonly Change[] }

/** What every step is told besides its input. */
export interface StepContext {
  readonly operationId: string
  /** Name of the cluster; empty in a step that is about all of them. */
  readonly cluster: string
  /** Whether it only says what it would do: nothing is written at any cloud. */
  readonly dryRun: boolean
  /** Aborted shortly before the function would be stopped by its time-out. */
  readonly signal: AbortSignal
}

export type StepRun<Input, Output> = (input: Input, context: StepContext) => Promise<StepResult<Output>>

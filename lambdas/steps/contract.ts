import type { Change } from '../report/change.ts'
import type { Waiting } from '../report/waiting.ts'

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

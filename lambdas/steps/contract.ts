import type * as z from 'zod/mini'
import type { Change } from '../report/change.ts'
import type { Waiting } from '../report/waiting.ts'
import type { StepDescription } from './description.ts'

/** A step ends with its output, or says what it is waiting for. */
export type StepResult<Output = Readonly<Record<string, never>>> =
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

/** What a handler is made from: the step's work, by the shapes that its description gives. */
export type StepRun<Description extends Pick<StepDescription, 'input' | 'output'>> = (
  input: z.output<Description['input']>,
  context: StepContext,
) => Promise<StepResult<DeepReadonly<z.output<Description['output']>>>>

/** Outputs are handed on, and changed by nobody. */
export type DeepReadonly<Value> = Value extends readonly (infer Element)[]
  ? readonly DeepReadonly<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value

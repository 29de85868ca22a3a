/** The parts of a state machine that the product's machines use. */
import * as z from 'zod'

export interface Retrier {
  ErrorEquals: string[]
  MaxAttempts: number
  IntervalSeconds: number
  BackoffRate: number
  MaxDelaySeconds: number
  JitterStrategy?: 'FULL' | 'NONE' | undefined
}

export interface State {
  Type: 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Map' | 'Parallel' | 'Succeed' | 'Fail'
  Next?: string | undefined
  Resource?: string | undefined
  Arguments?: unknown
  Assign?: Record<string, unknown> | undefined
  Output?: unknown
  Retry?: (Retrier & Record<string, unknown>)[] | undefined
  Catch?: { ErrorEquals: string[]; Next: string; Assign?: Record<string, unknown> | undefined }[] | undefined
  Choices?: { Condition: string; Next: string; Assign?: Record<string, unknown> | undefined }[] | undefined
  Default?: string | undefined
  Seconds?: unknown
  TimeoutSeconds?: number | undefined
  MaxConcurrency?: number | undefined
  Items?: unknown
  ItemSelector?: unknown
  ItemProcessor?: Machine | undefined
  Branches?: Machine[] | undefined
  Error?: unknown
  Cause?: unknown
}

export interface Machine {
  StartAt: string
  States: Record<string, State>
}

const retrier = z.looseObject({
  ErrorEquals: z.array(z.string()),
  MaxAttempts: z.number(),
  IntervalSeconds: z.number(),
  BackoffRate: z.number(),
  MaxDelaySeconds: z.number(),
  JitterStrategy: z.enum(['FULL', 'NONE']).optional(),
})
const assign = z.record(z.string(), z.unknown()).optional()
const fields: z.ZodType<State> = z.strictObject({
  Type: z.enum(['Task', 'Pass', 'Choice', 'Wait', 'Map', 'Parallel', 'Succeed', 'Fail']),
  Comment: z.string().optional(),
  Next: z.string().optional(),
  End: z.literal(true).optional(),
  Resource: z.string().optional(),
  Arguments: z.unknown().optional(),
  Assign: assign,
  Output: z.unknown().optional(),
  Retry: z.array(retrier).optional(),
  Catch: z.array(z.strictObject({ ErrorEquals: z.array(z.string()), Next: z.string(), Assign: assign })).optional(),
  Choices: z.array(z.strictObject({ Condition: z.string(), Next: z.string(), Assign: assign })).optional(),
  Default: z.string().optional(),
  Seconds: z.unknown().optional(),
  TimeoutSeconds: z.number().optional(),
  MaxConcurrency: z.number().optional(),
  Items: z.unknown().optional(),
  ItemSelector: z.unknown().optional(),
  ItemProcessor: z.lazy(() => machine).optional(),
  Branches: z.array(z.lazy(() => machine)).optional(),
  Error: z.unknown().optional(),
  Cause: z.unknown().optional(),
})
// On AWS, Assign of a Choice applies to every rule (https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html), on the
// sandbox's engine only to Default.
const state = fields.refine(({ Type, Assign }) => Type !== 'Choice' || !Assign, 'only rules of a Choice assign')
/** A state machine that has only fields which workflow.ts supports. */
export const machine: z.ZodType<Machine> = z.object({ StartAt: z.string(), States: z.record(z.string(), state) })

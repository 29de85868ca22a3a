/** The files of statemachine/, written in the shorthand that statemachine/README.md describes. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod'

/** What every function is told beside its input; each value is a JSONata expression. */
export interface Envelope {
  readonly OperationId?: string | undefined
  readonly Cluster?: string | undefined
  /** What of several a step works on. */
  readonly Item?: string | undefined
  readonly DryRun?: string | true | undefined
}

/** A template of the language: strings in `{% %}` are expressions. */
export type Template = Readonly<Record<string, unknown>>

export interface Catcher {
  readonly ErrorEquals: readonly string[]
  readonly Assign?: Template | undefined
  readonly Next: string
}

/** Calls a step until it is ready or the deadline has passed. */
export interface Poll {
  /** `cluster` stands for the variables $clusterLook, $clusterPolls and $clusterDeadline. */
  readonly Of: string
  /** Name of the Choice that decides. */
  readonly Choice: string
  readonly Ready?: { readonly Assign: Template } | undefined
  readonly Wait: { readonly State: string; readonly Comment?: string | undefined } & (
    | { readonly FirstSeconds: number; readonly MaxSeconds: number }
    | { readonly Seconds: string }
  )
  readonly Late: string | { readonly Assign: Template; readonly Next: string }
}

/** That plans and drifts run a step, too. */
export interface InPlans {
  /** Variables that later states need: what they are, by what is known of the cluster, when the step cannot tell. */
  readonly Known?: Readonly<Record<string, string>> | undefined
  /** Errors after which what is known is of no use. */
  readonly UnlessError?: readonly string[] | undefined
}

/** A call of the function of the state's name. */
export interface Step extends Envelope {
  readonly Type: 'Step'
  readonly Comment?: string | undefined
  /** An expression for each field; one that gives nothing leaves its field out. */
  readonly Input: Readonly<Record<string, string>>
  readonly Retry?: string | undefined
  readonly Poll?: Poll | undefined
  readonly InPlans?: InPlans | undefined
  readonly Assign?: Template | undefined
  readonly Output?: unknown
  readonly Catch?: readonly Catcher[] | undefined
  readonly Next?: string | undefined
  readonly End?: true | undefined
}

export interface Choice {
  readonly Condition: string
  readonly Assign?: Template | undefined
  readonly Next: string
}

/** A state of the language, with shorthand where it holds other states, expressions or retriers. */
export interface AslState {
  readonly Type: 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Map' | 'Parallel' | 'Succeed' | 'Fail'
  readonly Next?: string | undefined
  readonly End?: true | undefined
  readonly Choices?: readonly Choice[] | undefined
  readonly Default?: string | undefined
  readonly Branches?: readonly Machine[] | undefined
  readonly ItemProcessor?: Machine | undefined
  readonly Retry?: string | undefined
  readonly [field: string]: unknown
}

export type State = Step | AslState

export interface Machine {
  /** For all steps in it that say nothing else. */
  readonly Defaults?: Envelope | undefined
  readonly StartAt: string
  readonly States: Readonly<Record<string, State>>
}

/** A file of statemachine/. */
export interface Workflow extends Machine {
  readonly Comment: string
  /** Of the state around all of it. */
  readonly Name: string
  readonly TimeoutSeconds: number
  /** Subjects of the messages when it has ended; `<cluster>` at the beginning stands for the cluster's name. */
  readonly Notifications: { readonly Succeeded?: string | undefined; readonly Failed: string }
}

const template = z.record(z.string(), z.unknown())
const catcher = z.strictObject({ ErrorEquals: z.array(z.string()), Assign: template.optional(), Next: z.string() })
const envelope = z.strictObject({
  OperationId: z.string().optional(),
  Cluster: z.string().optional(),
  Item: z.string().optional(),
  DryRun: z.union([z.string(), z.literal(true)]).optional(),
})
const waitState = { State: z.string(), Comment: z.string().optional() }
const poll = z.strictObject({
  Of: z.string(),
  Choice: z.string(),
  Ready: z.strictObject({ Assign: template }).optional(),
  Wait: z.union([
    z.strictObject({ ...waitState, FirstSeconds: z.int(), MaxSeconds: z.int() }),
    z.strictObject({ ...waitState, Seconds: z.string() }),
  ]),
  Late: z.union([z.string(), z.strictObject({ Assign: template, Next: z.string() })]),
})
const step = z.strictObject({
  ...envelope.shape,
  Type: z.literal('Step'),
  Comment: z.string().optional(),
  Input: z.record(z.string(), z.string()),
  Retry: z.string().optional(),
  Poll: poll.optional(),
  InPlans: z
    .strictObject({ Known: z.record(z.string(), z.string()).optional(), UnlessError: z.array(z.string()).optional() })
    .optional(),
  Assign: template.optional(),
  Output: z.unknown().optional(),
  Catch: z.array(catcher).optional(),
  Next: z.string().optional(),
  End: z.literal(true).optional(),
})
const aslState = z.looseObject({
  Type: z.enum(['Task', 'Pass', 'Choice', 'Wait', 'Map', 'Parallel', 'Succeed', 'Fail']),
  Next: z.string().optional(),
  End: z.literal(true).optional(),
  Choices: z.array(z.strictObject({ Condition: z.string(), Assign: template.optional(), Next: z.string() })).optional(),
  Default: z.string().optional(),
  Branches: z.array(z.lazy(() => machine)).optional(),
  ItemProcessor: z.lazy(() => machine).optional(),
  Retry: z.string().optional(),
})
const machineFields = {
  Defaults: envelope.optional(),
  StartAt: z.string(),
  States: z.record(
    z.string(),
    z.lazy((): z.ZodType<State> => z.discriminatedUnion('Type', [step, aslState])),
  ),
}
const machine: z.ZodType<Machine> = z.strictObject(machineFields)
const workflow: z.ZodType<Workflow> = z.strictObject({
  Comment: z.string(),
  Name: z.string(),
  TimeoutSeconds: z.int(),
  Notifications: z.strictObject({ Succeeded: z.string().optional(), Failed: z.string() }),
  ...machineFields,
})

/**
 * The workflow of `statemachine/<name>.asl.yaml`.
 *
 * @throws {ZodError} when the file is not in the shorthand
 */
export function readWorkflow(name: string): Workflow {
  return workflow.parse(parse(readStateMachineFile(`${name}.asl.yaml`)))
}

/** The text of a file of statemachine/. */
export function readStateMachineFile(file: string): string {
  return readFileSync(new URL(`../../statemachine/${file}`, import.meta.url), 'utf8')
}

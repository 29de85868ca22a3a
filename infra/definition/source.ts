/** Reads the files of statemachine/. statemachine/README.md describes their shorthand. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod'

/** A template of the Amazon States Language. A string in `{% %}` is an expression. */
const template = z.record(z.string(), z.unknown())

const catcher = z.strictObject({ ErrorEquals: z.array(z.string()), Assign: template.optional(), Next: z.string() })

const choice = z.strictObject({ Condition: z.string(), Assign: template.optional(), Next: z.string() })

/** The fields that every function receives besides its input. Each value is a JSONata expression. */
const envelope = z.strictObject({
  OperationId: z.string().optional(),
  Cluster: z.string().optional(),
  Item: z.string().optional(),
  DryRun: z.union([z.string(), z.literal(true)]).optional(),
})

const waitState = { State: z.string(), Comment: z.string().optional() }

const answered = {
  Of: z.string(),
  Choice: z.string(),
  Ready: z.strictObject({ Assign: template }).optional(),
}

/** What follows a step that may report that something is not ready yet. */
const poll = z.union([
  z.strictObject({ ...answered, NotReady: z.string() }),
  z.strictObject({
    ...answered,
    Wait: z.union([
      z.strictObject({ ...waitState, FirstSeconds: z.int(), MaxSeconds: z.int() }),
      z.strictObject({ ...waitState, Seconds: z.string() }),
    ]),
    NotReady: z.union([z.string(), z.strictObject({ Assign: template.optional(), Next: z.string() })]),
  }),
])

/** A step with this field also runs in plans and drifts. */
const inPlans = z.strictObject({
  Known: z.record(z.string(), z.string()).optional(),
  UnlessError: z.array(z.string()).optional(),
})

/** A call of the function with the state's name. */
const step = z.strictObject({
  ...envelope.shape,
  Type: z.literal('Step'),
  Comment: z.string().optional(),
  Input: z.record(z.string(), z.string()),
  Retry: z.string().optional(),
  Poll: poll.optional(),
  InPlans: inPlans.optional(),
  Assign: template.optional(),
  Output: z.unknown().optional(),
  Catch: z.array(catcher).optional(),
  Next: z.string().optional(),
  End: z.literal(true).optional(),
})

/** Variables that the steps of a Map need when batches are separate executions. Each value is a JSONata expression. */
const inBatches = z.record(z.string(), z.string())

/** A state of the Amazon States Language, with its states, conditions and retriers in the shorthand. */
const aslState = z.looseObject({
  Type: z.enum(['Task', 'Pass', 'Choice', 'Wait', 'Map', 'Parallel', 'Succeed', 'Fail']),
  Assign: template.optional(),
  Next: z.string().optional(),
  End: z.literal(true).optional(),
  Choices: z.array(choice).optional(),
  Default: z.string().optional(),
  Retry: z.string().optional(),
  ItemSelector: z.record(z.string(), z.string()).optional(),
  InBatches: inBatches.optional(),
  /** Additional variables for plans. */
  InPlans: z.strictObject({ InBatches: inBatches }).optional(),
  get Branches() {
    return z.array(machine).optional()
  },
  get ItemProcessor() {
    return machine.optional()
  },
})

const machine = z.strictObject({
  /** The default envelope of all its steps. A step can override each value. */
  Defaults: envelope.optional(),
  StartAt: z.string(),
  get States() {
    return z.record(z.string(), z.discriminatedUnion('Type', [step, aslState]))
  },
})

const workflow = z.strictObject({
  ...machine.shape,
  Comment: z.string(),
  TimeoutSeconds: z.int(),
})

export type Template = z.output<typeof template>
export type Catcher = z.output<typeof catcher>
export type Choice = z.output<typeof choice>
export type Envelope = z.output<typeof envelope>
export type Poll = z.output<typeof poll>
export type Step = z.output<typeof step>
export type AslState = z.output<typeof aslState>
export type State = Step | AslState
export type Machine = z.output<typeof machine>
export type Workflow = z.output<typeof workflow>

/**
 * The workflow of `statemachine/<name>.asl.yaml`.
 *
 * @throws {ZodError} when the file is not in the shorthand
 */
export function readWorkflow(name: string): Workflow {
  return workflow.parse(parse(readStateMachineFile(`${name}.asl.yaml`)))
}

export function isStep(state: State): state is Step {
  return state.Type === 'Step'
}

/** The unique names of a machine's steps, in the order of the file. */
export function stepsOf({ States }: Machine): string[] {
  const names = Object.entries(States).flatMap(([name, state]) => {
    return isStep(state) ? [name] : innerMachines(state).flatMap(stepsOf)
  })
  return [...new Set(names)]
}

/** The branches of a Parallel, or the processor of a Map. */
export function innerMachines({ Branches = [], ItemProcessor }: AslState): Machine[] {
  return [...Branches, ...(ItemProcessor ? [ItemProcessor] : [])]
}

export function readStateMachineFile(file: string): string {
  return readFileSync(new URL(`../../statemachine/${file}`, import.meta.url), 'utf8')
}

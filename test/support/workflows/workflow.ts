/**
 * Runs a state machine in this process. It supports what the product's machines use: JSONata with its reference implementation,
 * scopes of variables, retriers, catchers, and all types of states. Wait states advance a simulated clock; retries do so with the
 * option `jitter`. It counts the events of the history, and measures the size of states' data. It is stricter than AWS where that
 * finds mistakes: a state cannot assign a variable of an outer scope, and Fail cannot raise an error name of Step Functions.
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
import * as z from 'zod'
import { copied, type Evaluation, evaluate, lookup, type Scope, WorkflowError } from './workflow-expressions.ts'
import type { Machine, Retrier, State } from './workflow-machine.ts'

export interface TaskCall {
  readonly state: string
  readonly arguments: unknown
  readonly attempt: number
  /** Index of the item inside a Map. */
  readonly item?: number
}

/** The start time of every execution. */
const start = '2026-11-25T12:00:00.000Z'

/** Returns the result of a task's call. It throws an Error with the name of the workflow's error. */
export type DoTask = (call: TaskCall) => unknown

/** For each state, the order in which the branches of a Parallel, or the items of a Map, run, as indexes. */
export type Order = Readonly<Record<string, readonly number[]>>

export interface RunOptions {
  /** The part of the delay before each retry that passes on the clock. The average of full jitter is 0.5. */
  readonly jitter?: number
  /** Default: the order of the definition. */
  readonly order?: Order
}

export interface WorkflowRun {
  readonly status: 'SUCCEEDED' | 'FAILED'
  /** The output of an execution that succeeded. */
  readonly output?: unknown
  readonly error?: string | undefined
  readonly cause?: string | undefined
  /** Names of the states in the order in which they were entered; retries are not entered again. */
  readonly entered: readonly string[]
  /** "STATE: EXPRESSION" of each evaluated expression. */
  readonly evaluated: readonly string[]
  readonly calls: readonly TaskCall[]
  /** Seconds of each Wait. */
  readonly waits: readonly number[]
  /** Seconds before each retry, which jitter may shorten. */
  readonly delays: readonly number[]
  /** Events of the history, including the first and the last of the execution. */
  readonly events: number
  /** The largest input, output or variables of a state, or arguments or result of a task. */
  readonly heaviest: Weight
}

export interface Weight {
  /** "CreateRole: output". */
  readonly where: string
  /** Bytes of the JSON in UTF-8. */
  readonly bytes: number
}

/** Events of a state; a Parallel and a Map also start and succeed (https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html). */
export const eventsOf: Readonly<Record<State['Type'], number>> = {
  ...{ Pass: 2, Choice: 2, Wait: 2, Task: 2, Parallel: 4, Map: 4, Succeed: 2 },
  // A Fail state has no exit event.
  Fail: 1,
}
/** The first and the last event of an execution. */
export const eventsOfExecution = 2
/** Scheduled, started, and succeeded or failed. A `.sync` task is also submitted. */
export function eventsOfAttempt({ Resource = '' }: State): number {
  return /\.sync(:2)?$/.test(Resource) ? 4 : 3
}
/** Started, and succeeded or failed. */
export const eventsOfItem = 2

interface Visit extends Evaluation {
  readonly state: State
}

export async function runWorkflow(
  definition: Machine,
  input: unknown,
  doTask: DoTask,
  options: RunOptions = {},
): Promise<WorkflowRun> {
  const run = new Run(doTask, options)
  const context = { Execution: { Input: input, Name: 'operation-1', StartTime: start } }
  try {
    const output = await run.machine(definition, input, { variables: new Map() }, context)
    return { status: 'SUCCEEDED', output, ...run.seen() }
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error
    return { status: 'FAILED', error: error.name, cause: error.errorCause, ...run.seen() }
  }
}

class Run {
  private readonly entered: string[] = []
  private readonly evaluated = new Set<string>()
  private readonly calls: TaskCall[] = []
  private readonly waits: number[] = []
  private readonly delays: number[] = []
  private now = Date.parse(start)
  private events = eventsOfExecution
  private heaviest: Weight = { where: '', bytes: 0 }
  private readonly doTask: DoTask
  private readonly jitter: number
  private readonly order: Order

  constructor(doTask: DoTask, { jitter = 0, order = {} }: RunOptions) {
    this.doTask = doTask
    this.jitter = jitter
    this.order = order
  }

  seen(): Omit<WorkflowRun, 'status'> {
    const { entered, calls, waits, delays, events, heaviest } = this
    return { entered, evaluated: [...this.evaluated], calls, waits, delays, events, heaviest }
  }

  private weigh(where: string, value: unknown): void {
    const bytes = Buffer.byteLength(JSON.stringify(value) ?? '')
    if (bytes > this.heaviest.bytes) this.heaviest = { where, bytes }
  }

  async machine(definition: Machine, input: unknown, scope: Scope, context: Record<string, unknown>): Promise<unknown> {
    let name: string | undefined = definition.StartAt
    let value = input
    while (name !== undefined) {
      const entering: State | undefined = definition.States[name]
      if (!entering) throw new Error(`no state ${name}`)
      this.entered.push(name)
      this.events += eventsOf[entering.Type]
      this.weigh(`${name}: input`, value)
      const step: { next: string | undefined; output: unknown } = await this.visit({
        name,
        state: entering,
        input: value,
        scope,
        evaluated: this.evaluated,
        context: { ...context, State: { Name: name, EnteredTime: new Date(this.now).toISOString(), RetryCount: 0 } },
      })
      this.weigh(`${name}: output`, step.output)
      name = step.next
      value = step.output
    }
    return value
  }

  private async visit(visit: Visit): Promise<{ next: string | undefined; output: unknown }> {
    const { state } = visit
    if (state.Type === 'Choice') return this.choose(visit)
    if (state.Type === 'Fail') throw await this.failure(visit)
    try {
      const result = await this.withRetries(visit)
      const reached = { ...visit, result }
      const output = state.Output === undefined ? result : await evaluate(state.Output, reached)
      await this.assign(state.Assign, reached)
      return { next: state.Next, output }
    } catch (error) {
      return this.caught(visit, error)
    }
  }

  private async withRetries(visit: Visit): Promise<unknown> {
    const retries = new Map<Retrier, number>()
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.resultOf(withAttempt(visit, attempt), attempt)
      } catch (error) {
        const retrier = visit.state.Retry?.find((candidate) => matches(candidate.ErrorEquals, nameOf(error)))
        // Each retrier has its own counter (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
        const retried = (retrier && retries.get(retrier)) ?? 0
        if (!retrier || retried >= retrier.MaxAttempts) throw error
        retries.set(retrier, retried + 1)
        this.delay(retrier, retried)
      }
    }
  }

  private delay({ IntervalSeconds, BackoffRate, MaxDelaySeconds, JitterStrategy }: Retrier, retried: number): void {
    const seconds = Math.min(IntervalSeconds * BackoffRate ** retried, MaxDelaySeconds)
    this.delays.push(seconds)
    this.now += seconds * (JitterStrategy === 'FULL' ? this.jitter : 1) * 1000
  }

  private async resultOf(visit: Visit, attempt: number): Promise<unknown> {
    const { state } = visit
    if (state.Type === 'Task') return this.task(visit, attempt)
    if (state.Type === 'Map') return this.map(visit)
    if (state.Type === 'Wait') return this.wait(visit)
    if (state.Type !== 'Parallel') return visit.input
    const branches = state.Branches ?? []
    return this.sideBySide(visit.name, branches, (branch) =>
      this.machine(branch, visit.input, innerScope(visit), visit.context),
    )
  }

  /**
   * Runs branches or items one after the other, in the given order, each from the same start time. After the first failure the
   * others do not run.
   */
  private async sideBySide<Part>(
    name: string,
    parts: readonly Part[],
    run: (part: Part, index: number) => Promise<unknown>,
  ): Promise<unknown[]> {
    const inOrder = this.order[name]?.map((index) => [index, parts[index]] as const) ?? [...parts.entries()]
    if (inOrder.length !== parts.length) throw new Error(`${name} has ${parts.length} branches or items`)
    const results: unknown[] = []
    const begin = this.now
    let end = begin
    for (const [index, part] of inOrder) {
      if (part === undefined) throw new Error(`${name} has no branch or item ${index}`)
      this.now = begin
      try {
        results[index] = await run(part, index)
      } finally {
        end = Math.max(end, this.now)
        this.now = end
      }
    }
    return results
  }

  private async task(visit: Visit, attempt: number): Promise<unknown> {
    const item = itemOf(visit)
    const call = {
      state: visit.name,
      arguments: await evaluate(visit.state.Arguments, visit),
      attempt,
      ...(item !== undefined && { item }),
    }
    this.calls.push(call)
    this.events += eventsOfAttempt(visit.state)
    this.weigh(`${visit.name}: arguments`, call.arguments)
    const result = copied(await this.doTask(call))
    this.weigh(`${visit.name}: result`, result)
    return result
  }

  private async wait(visit: Visit): Promise<unknown> {
    const seconds = z
      .int()
      .nonnegative()
      .parse(await evaluate(visit.state.Seconds, visit))
    this.waits.push(seconds)
    this.now += seconds * 1000
    return visit.input
  }

  private async map(visit: Visit): Promise<unknown> {
    const { state } = visit
    const items = z.array(z.unknown()).parse(await evaluate(state.Items, visit))
    const processor = state.ItemProcessor
    if (!processor) throw new Error(`${visit.name} has no ItemProcessor`)
    return this.sideBySide(visit.name, items, async (Value, Index) => {
      const context = { ...visit.context, Map: { Item: { Index, Value } } }
      const input = state.ItemSelector === undefined ? Value : await evaluate(state.ItemSelector, { ...visit, context })
      this.events += eventsOfItem
      return this.machine(processor, input, innerScope(visit), context)
    })
  }

  private async choose(visit: Visit): Promise<{ next: string | undefined; output: unknown }> {
    for (const choice of visit.state.Choices ?? []) {
      if (!z.boolean().parse(await evaluate(choice.Condition, visit))) continue
      await this.assign(choice.Assign, visit)
      return { next: choice.Next, output: visit.input }
    }
    return { next: visit.state.Default, output: visit.input }
  }

  private async failure(visit: Visit): Promise<WorkflowError> {
    const [name, cause] = [await evaluate(visit.state.Error, visit), await evaluate(visit.state.Cause, visit)]
    const raised = z.string().parse(name)
    if (raised.startsWith('States.')) throw new Error(`${visit.name} raises ${raised}, a name of Step Functions itself`)
    return new WorkflowError(raised, z.string().parse(cause))
  }

  private async caught(visit: Visit, error: unknown): Promise<{ next: string | undefined; output: unknown }> {
    const catcher = visit.state.Catch?.find(({ ErrorEquals }) => matches(ErrorEquals, nameOf(error)))
    if (!catcher) throw error instanceof WorkflowError ? error : new WorkflowError(nameOf(error), String(error))
    const cause = error instanceof WorkflowError ? error.errorCause : String(error)
    const errorOutput = { Error: nameOf(error), Cause: cause }
    await this.assign(catcher.Assign, { ...visit, errorOutput })
    return { next: catcher.Next, output: errorOutput }
  }

  /** All expressions see the values from before the state. */
  private async assign(template: Record<string, unknown> | undefined, visit: Evaluation): Promise<void> {
    const assigned = z.record(z.string(), z.unknown()).parse(await evaluate(template ?? {}, visit))
    this.weigh(`${visit.name}: variables`, assigned)
    for (const [name, value] of Object.entries(assigned)) {
      if (visit.scope.outer && lookup(visit.scope.outer).has(name)) {
        throw new Error(`${visit.name} assigns $${name}, which belongs to an outer scope`)
      }
      visit.scope.variables.set(name, value)
    }
  }
}

function innerScope({ scope }: Visit): Scope {
  return { variables: new Map(), outer: scope }
}

const mapContext = z.object({ Map: z.object({ Item: z.object({ Index: z.number() }) }) })

function itemOf({ context }: Visit): number | undefined {
  return mapContext.safeParse(context).data?.Map.Item.Index
}

function withAttempt(visit: Visit, RetryCount: number): Visit {
  const State = z.record(z.string(), z.unknown()).parse(visit.context.State)
  return { ...visit, context: { ...visit.context, State: { ...State, RetryCount } } }
}

/** Errors that States.ALL does not match: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const terminal = ['States.DataLimitExceeded', 'States.Runtime']

function matches(names: readonly string[], name: string): boolean {
  return names.includes(name) || (names.includes('States.ALL') && !terminal.includes(name))
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Unknown'
}

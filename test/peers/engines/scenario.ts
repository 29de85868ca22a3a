/** What the engines are given, and what is compared of what they do. test/peers/engines/play.py reads and writes the same. */
import * as z from 'zod'
import type { Order, TaskCall } from '../../support/workflows/workflow.ts'

/** What the integration of a task gives back, or the error that it ends with. */
export type Answer = { readonly result: unknown } | { readonly error: string; readonly cause: string }

export interface Answers {
  /** Index of the item of a Map that these are for; for all calls of the state, when left out. */
  readonly item?: number
  /** One call after the other; the last one is given again and again. */
  readonly answers: readonly Answer[]
}

/** Of each state, the first that fits a call. */
export type AnswersByState = Readonly<Record<string, readonly Answers[]>>

export interface Scenario {
  /** "CreateRole of the second item fails for good". */
  readonly name: string
  /** The name of the state machine's definition. */
  readonly machine: string
  readonly input: unknown
  readonly answers: AnswersByState
  readonly order?: Order
  /** Patches of test/peers/engines/on_moto.py that are left out. */
  readonly without?: readonly string[]
}

const outcome = z.object({
  status: z.enum(['SUCCEEDED', 'FAILED']),
  output: z.unknown().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  /** Names of the states in the order in which they were entered. */
  entered: z.array(z.string()),
  /** "STATE: EXPRESSION" of each expression that the interpreter of the tests came to. */
  evaluated: z.array(z.string()).optional(),
  calls: z.array(
    z.object({ state: z.string(), arguments: z.unknown(), attempt: z.number(), item: z.number().optional() }),
  ),
  /** Seconds of each Wait, and before each retry. */
  waits: z.array(z.number()),
  delays: z.array(z.number()),
})

/** What an engine did with a scenario. */
export type Outcome = z.output<typeof outcome>

/** @throws {z.ZodError} when an engine gives something else */
export function parseOutcome(value: unknown): Outcome {
  return outcome.parse(value)
}

/** Gives each call of a scenario its answer. @throws Error when the scenario has none for a state */
export function answering(answers: AnswersByState): (call: TaskCall) => Answer {
  const asked = new Map<string, number>()
  return ({ state, item }) => {
    const fitting = answers[state]?.find((rule) => rule.item === undefined || rule.item === item)
    const key = `${state} ${item}`
    const before = asked.get(key) ?? 0
    asked.set(key, before + 1)
    const answer = fitting?.answers[before] ?? fitting?.answers.at(-1)
    if (!answer) throw new Error(`the scenario has no answer for ${state}`)
    return answer
  }
}

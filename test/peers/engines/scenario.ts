/** The input of the engines, and the outcomes that are compared. test/peers/engines/play.py has the same format. */
import * as z from 'zod'
import type { Order, TaskCall } from '../../support/workflows/workflow.ts'

/** The result or the error of a task's integration. */
export type Answer = { readonly result: unknown } | { readonly error: string; readonly cause: string }

export interface Answers {
  /** The index of an item of a Map. Without it, the answers are for all calls of the state. */
  readonly item?: number
  /** Answers to consecutive calls. The last one is repeated. */
  readonly answers: readonly Answer[]
}

/** For each state, the first match answers a call. */
export type AnswersByState = Readonly<Record<string, readonly Answers[]>>

export interface Scenario {
  /** "CreateRole of the second item fails permanently". */
  readonly name: string
  /** The name of the state machine's definition. */
  readonly machine: string
  readonly input: unknown
  readonly answers: AnswersByState
  readonly order?: Order
  /** Patches of test/peers/engines/on_moto.py that are not applied. */
  readonly without?: readonly string[]
}

const outcome = z.object({
  status: z.enum(['SUCCEEDED', 'FAILED']),
  output: z.unknown().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  /** Names of the states in the order in which they were entered. */
  entered: z.array(z.string()),
  /** "STATE: EXPRESSION" for each expression that the interpreter of the tests evaluated. */
  evaluated: z.array(z.string()).optional(),
  calls: z.array(
    z.object({ state: z.string(), arguments: z.unknown(), attempt: z.number(), item: z.number().optional() }),
  ),
  /** Seconds of each Wait, and before each retry. */
  waits: z.array(z.number()),
  delays: z.array(z.number()),
})

/** The record of a run of a scenario on an engine. */
export type Outcome = z.output<typeof outcome>

/** @throws {z.ZodError} when the output of an engine has another format */
export function parseOutcome(value: unknown): Outcome {
  return outcome.parse(value)
}

/** Returns a function that answers the calls of a scenario. It throws for a state without an answer. */
export function answering(answers: AnswersByState): (call: TaskCall) => Answer {
  const answered = new Map<string, number>()
  return ({ state, item }) => {
    const fitting = answers[state]?.find((rule) => rule.item === undefined || rule.item === item)
    const key = `${state} ${item}`
    const before = answered.get(key) ?? 0
    answered.set(key, before + 1)
    const answer = fitting?.answers[before] ?? fitting?.answers.at(-1)
    if (!answer) throw new Error(`the scenario has no answer for ${state}`)
    return answer
  }
}

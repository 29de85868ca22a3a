/** Evaluates the JSONata in templates of states with its reference implementation. */
import jsonata from 'jsonata'

/** An error of an execution, which a state machine may retry or catch. */
export class WorkflowError extends Error {
  override readonly name: string
  readonly errorCause: string | undefined
  constructor(name: string, cause: string | undefined) {
    super(`${name}: ${cause}`)
    this.name = name
    this.errorCause = cause
  }
}

export interface Scope {
  readonly variables: Map<string, unknown>
  readonly outer?: Scope
}

/** The context of an expression of a state. */
export interface Evaluation {
  /** The name of the state. */
  readonly name: string
  readonly input: unknown
  readonly scope: Scope
  readonly context: Record<string, unknown>
  readonly result?: unknown
  readonly errorOutput?: unknown
  /** "STATE: EXPRESSION" of each expression that the run has evaluated. */
  readonly evaluated: Set<string>
}

/** The value of a template after the evaluation of each `{% %}`. As on AWS, undefined is an error. */
export async function evaluate(template: unknown, at: Evaluation): Promise<unknown> {
  if (typeof template === 'string') return expressionIn(template) === undefined ? template : evaluated(template, at)
  if (Array.isArray(template)) return Promise.all(template.map((element) => evaluate(element, at)))
  if (typeof template !== 'object' || template === null) return template
  const entries = Object.entries(template).map(async ([key, value]) => [key, await evaluate(value, at)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

async function evaluated(text: string, at: Evaluation): Promise<unknown> {
  const states = { input: at.input, result: at.result, errorOutput: at.errorOutput, context: at.context }
  const bindings = { ...Object.fromEntries(lookup(at.scope)), states }
  const expression = expressionIn(text) ?? ''
  at.evaluated.add(`${at.name}: ${expression}`)
  const value = await parsed(expression).evaluate(undefined, bindings)
  if (value === undefined) throw new WorkflowError('States.QueryEvaluationError', `${at.name}: ${text} is undefined`)
  return copied(value)
}

/** Caches parsed expressions, because a long setup evaluates the same ones thousands of times. */
const parsedBefore = new Map<string, jsonata.Expression>()

function parsed(expression: string): jsonata.Expression {
  const observed = parsedBefore.get(expression) ?? jsonata(expression)
  parsedBefore.set(expression, observed)
  return observed
}

/** The JSONata in a string, or undefined when it is an ordinary string. */
export function expressionIn(text: string): string | undefined {
  return /^\{%([\s\S]*)%\}$/.exec(text)?.[1]
}

/** All variables that are visible in the scope. */
export function lookup(scope: Scope): Map<string, unknown> {
  return new Map([...(scope.outer ? lookup(scope.outer) : []), ...scope.variables])
}

/** A copy through JSON. */
export function copied(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}

/** Rules for every state machine. test/validators/state-machines.test.ts runs validators. */
import { readdirSync } from 'node:fs'
import jsonata from 'jsonata'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { workflowOf } from '../../infra/definition/definition.ts'
import { stepsOf } from '../../infra/definition/source.ts'
import { steps } from '../../infra/steps.ts'
import { batchMachine } from '../../infra/workflows.ts'
import { stepErrors } from '../../lambdas/errors/step-errors.ts'
import { definition, workflowNames } from '../support/workflows/definitions.ts'
import { expressionIn } from '../support/workflows/workflow-expressions.ts'
import type { Machine, Retrier, State } from '../support/workflows/workflow-machine.ts'
import { lambdaTasksOf, statesOf, stepInput, stepOfTask } from '../support/workflows/workflow-parts.ts'

const waitingRetrier = z.object({
  IntervalSeconds: z.number(),
  BackoffRate: z.number(),
  MaxDelaySeconds: z.number(),
  MaxAttempts: z.number().min(1),
  JitterStrategy: z.enum(['FULL', 'NONE']),
})

/** The errors of Invoke when a function has no network connection: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const networkErrors = [
  'ResourceNotReadyException',
  'ENINotReadyException',
  'EC2ThrottledException',
  'EC2UnexpectedException',
  'SubnetIPAddressLimitReachedException',
  'ResourceConflictException',
].map((name) => `Lambda.${name}`)

test('every file is deployed, and every step is a state of one of them', () => {
  const files = readdirSync(new URL('../../statemachine', import.meta.url)).filter((file) => file.endsWith('.asl.yaml'))
  const made = ['compare', 'batch', 'drifts']
  const written = workflowNames.filter((name) => !made.includes(name))
  expect(files.map((file) => file.split('.')[0]).sort()).toEqual(written.sort())
  const states = workflowNames.flatMap((name) => tasksOf(name).map(([state]) => state))
  expect([...new Set(states)].sort()).toEqual([...steps.keys()].sort())
})

test('states set every field of the input of a step, and no other fields', () => {
  const set = workflowNames.flatMap((name) => tasksOf(name).flatMap(fieldsSet))
  const declared = [...steps.keys()].flatMap(fieldsDeclared)
  expect([...new Set(set)].sort()).toEqual(declared.sort())
})

test('plans run each step whose description has `compared`, and the step that records the report', () => {
  const described = [...steps].flatMap(([state, { description }]) => (description.compared ? [state] : []))
  const fix = 'add "compared" to the descriptions of these steps, or remove "InPlans" from their states'
  expect(stepsOf(workflowOf('compare')).toSorted(), fix).toEqual([...described, 'RecordComparison'].toSorted())
})

test.each(['setup', 'teardown', 'clusters', 'compare'] as const)(
  'while a cloud is unavailable, steps of %s are retried for at most 90 seconds, or 6 seconds in a plan or drift',
  (workflow) => {
    for (const [name, { Retry = [] }] of tasksOf(workflow)) {
      const [retrier] = Retry.filter(({ ErrorEquals }) => ErrorEquals.includes('CloudUnavailable'))
      const isAwaited = workflow === 'compare' && steps.get(name)?.description.compared !== undefined
      expect(retrier && longestWait(retrier), name).toBe(isAwaited ? 6 : 90)
    }
  },
)

describe.each(workflowNames)('%s', (workflow) => {
  const tasks = tasksOf(workflow)

  test('every expression is JSONata', () => {
    const expressions = stringsOf(definition(workflow)).flatMap((text) => expressionIn(text) ?? [])
    expect(expressions.length).toBeGreaterThan(10)
    for (const expression of expressions) expect(() => jsonata(expression), expression).not.toThrow()
  })

  test('no variable of an inner scope has the name of a variable of an outer scope', () => {
    expect(shadowed(definition(workflow))).toEqual([])
  })

  test('no Fail state raises an error name of Step Functions', async () => {
    for (const [name, state] of statesOf(definition(workflow)).filter(([, { Type }]) => Type === 'Fail')) {
      expect(await raisedFor('States.Timeout', String(state.Error)), name).not.toMatch(/^States\./)
    }
  })

  test('every Task state invokes the function of its name, and passes this name for the record', () => {
    for (const [name, state] of lambdaTasksOf(definition(workflow))) {
      const step = stepOfTask(state)
      expect(name).toMatch(workflow === batchMachine ? new RegExp(`^(Setup|Compare|Verify|Teardown)${step}$`) : step)
      const recorded = workflow === batchMachine ? `'${step}'` : '$states.context.State.Name'
      expect(Reflect.get(Object(state.Arguments), 'Payload')).toContain(`'state': ${recorded},`)
    }
  })

  test('the timeout of a task is ten seconds longer than that of its step', () => {
    for (const [name, { TimeoutSeconds }] of tasks) {
      expect(TimeoutSeconds, name).toBe((steps.get(name)?.description.timeoutSeconds ?? 0) + 10)
    }
  })

  test('every task retries all transient errors, and no other error of the product', () => {
    const transient = stepErrors
      .map((StepError) => new StepError({ object: 'o', reason: 'r', action: 'a' }))
      .filter((error) => error.transient)
      .map((error) => error.name)
    for (const [name, state] of tasks) {
      const own = retriedErrors(state).filter((error) => !/^(Lambda|States|Runtime|Sandbox)\./.test(error))
      expect(own.sort(), name).toEqual([...transient].sort())
    }
  })

  test('no retrier matches States.ALL, and each has jitter and a maximum delay', () => {
    for (const [name, { Retry = [] }] of tasks) {
      expect(retriedErrors({ Type: 'Task', Retry }), name).not.toContain('States.ALL')
      for (const retrier of Retry) {
        expect(waitingRetrier.safeParse(retrier).error, name).toBeUndefined()
        // All functions wait for the same connection or agent.
        const shared = retrier.ErrorEquals.every((error) => [...networkErrors, 'AgentNotResponding'].includes(error))
        expect(retrier.JitterStrategy, name).toBe(shared ? 'NONE' : 'FULL')
      }
    }
  })

  test.each(networkErrors)('every step is retried for about five minutes after %s, in few attempts', (error) => {
    for (const [name, { Retry = [] }] of tasks) {
      const [retrier] = Retry.filter(({ ErrorEquals }) => ErrorEquals.includes(error))
      const seconds = retrier ? longestWait(retrier) : 0
      expect(seconds, name).toBeGreaterThanOrEqual(280)
      expect(seconds, name).toBeLessThanOrEqual(330)
      expect(retrier?.MaxAttempts, name).toBeLessThanOrEqual(6)
    }
  })
})

/** The states that invoke functions, with the names of their steps. */
function tasksOf(workflow: (typeof workflowNames)[number]): [string, State][] {
  return lambdaTasksOf(definition(workflow)).map(([, state]) => [stepOfTask(state), state])
}

const objectNode = z.object({ lhs: z.array(z.tuple([z.object({ value: z.string() }), z.unknown()])) })

/** `State.field` for each input field that a Task state sets, from the syntax tree of its Payload. */
function fieldsSet([name, state]: [string, State]): string[] {
  const { Payload } = z.object({ Payload: z.string() }).parse(state.Arguments)
  const payload = objectNode.parse(jsonata(expressionIn(Payload) ?? '').ast())
  const input = objectNode.parse(payload.lhs.find(([{ value }]) => value === 'input')?.[1])
  return input.lhs.map(([{ value }]) => `${name}.${value}`)
}

function fieldsDeclared(name: string): string[] {
  const { properties = {} } = z.toJSONSchema(stepInput(name), { io: 'input' })
  return Object.keys(properties).map((field) => `${name}.${field}`)
}

/**
 * The variables that a machine in a Parallel or a Map assigns, although a state of an outer machine assigns the same name.
 * CreateStateMachine refuses these. Parallel scopes may share a name.
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
function shadowed({ States }: Machine, outer: ReadonlySet<string> = new Set()): string[] {
  const own = Object.values(States).flatMap(assignedBy)
  const inner = Object.values(States).flatMap(machinesIn)
  const here = own.filter((name) => outer.has(name))
  return [...here, ...inner.flatMap((machine) => shadowed(machine, new Set([...outer, ...own])))]
}

function assignedBy({ Assign, Catch = [], Choices = [] }: State): string[] {
  return [Assign, ...[...Catch, ...Choices].map((each) => each.Assign)].flatMap((assign) => Object.keys(assign ?? {}))
}

function machinesIn({ Branches = [], ItemProcessor }: State): Machine[] {
  return [...Branches, ...(ItemProcessor ? [ItemProcessor] : [])]
}

/** The error of a Fail state when every variable that it reads has an error of this name. */
function raisedFor(name: string, raised: string): Promise<unknown> | string {
  const expression = expressionIn(raised)
  if (expression === undefined) return raised
  const variables = [...expression.matchAll(/\$(\w+)(?!\w*\()/g)].map(([, variable]) => variable)
  const bindings = Object.fromEntries(variables.map((variable) => [variable, { Error: name, error: name }]))
  return jsonata(expression).evaluate(undefined, bindings)
}

function retriedErrors({ Retry = [] }: State): string[] {
  return Retry.flatMap(({ ErrorEquals }) => ErrorEquals)
}

/** The total delay of a retrier in seconds, without jitter. */
function longestWait({ IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts }: Retrier): number {
  const waits = Array.from({ length: MaxAttempts }, (_, attempt) =>
    Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds),
  )
  return waits.reduce((sum, wait) => sum + wait, 0)
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}

/** Small state machines for features that the workflows do not cover, each with AWS's documentation. */
import type { Machine, State } from '../../support/workflows/workflow-machine.ts'
import type { Answer, AnswersByState, Scenario } from './scenario.ts'

export interface LanguageCase {
  readonly name: string
  /** The page of AWS's documentation. */
  readonly page: string
  readonly definition: Machine
  readonly answers?: AnswersByState
}

const guide = 'https://docs.aws.amazon.com/step-functions/latest/dg'
const errors = `${guide}/concepts-error-handling.html`
const variables = `${guide}/workflow-variables.html`
const transforming = `${guide}/transforming-data.html`

const result: Answer = { result: { value: 1 } }
const error = (name: string): Answer => ({ error: name, cause: 'it broke' })
const failing = (...names: string[]): AnswersByState => ({ Task: [{ answers: [...names.map(error), result] }] })

const task = (rest: Partial<State> = {}): State => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'function' },
  ...rest,
})
const retrier = (ErrorEquals: string[], IntervalSeconds: number, MaxAttempts: number, MaxDelaySeconds = 60) => ({
  ...{ ErrorEquals, IntervalSeconds, MaxAttempts, MaxDelaySeconds, BackoffRate: 2 },
})
const caught = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }]
const one = (name: string, state: State): Machine => ({ StartAt: name, States: { [name]: last(state) } })
const last = (state: State) => ({ ...state, End: true })
const caughtState = last({ Type: 'Pass', Output: { caught: '{% $states.input.Error %}' } })
/** A machine with this state, whose errors are caught. */
const catching = (name: string, state: State): Machine => ({
  StartAt: name,
  States: { [name]: last({ ...state, Catch: caught }), Caught: caughtState },
})
const fail = (name: string): Machine => one('Fails', { Type: 'Fail', Error: name, Cause: 'it broke' })

export const languageCases: readonly LanguageCase[] = [
  {
    name: 'each retrier counts its own retries',
    page: errors,
    definition: catching('Task', task({ Retry: [retrier(['ErrorA', 'ErrorB'], 1, 2), retrier(['ErrorC'], 5, 3)] })),
    answers: failing('ErrorA', 'ErrorB', 'ErrorC', 'ErrorB'),
  },
  {
    name: 'delays grow by the rate, up to MaxDelaySeconds',
    page: errors,
    definition: one('Task', task({ Retry: [retrier(['ErrorA'], 3, 5, 20)] })),
    answers: failing('ErrorA', 'ErrorA', 'ErrorA', 'ErrorA', 'ErrorA'),
  },
  {
    name: 'a retrier without attempts ends the retries',
    page: errors,
    definition: catching('Task', task({ Retry: [retrier(['ErrorA'], 1, 0), retrier(['States.ALL'], 1, 3)] })),
    answers: failing('ErrorB', 'ErrorA'),
  },
  {
    name: 'States.ALL does not catch States.DataLimitExceeded',
    page: errors,
    definition: catching('Task', task()),
    answers: failing('States.DataLimitExceeded'),
  },
  {
    name: 'States.ALL does not catch States.Runtime',
    page: errors,
    definition: catching('Task', task()),
    answers: failing('States.Runtime'),
  },
  {
    name: 'a retry of a Parallel repeats all branches',
    page: errors,
    definition: one('Both', {
      Type: 'Parallel',
      Branches: [one('Before', { Type: 'Wait', Seconds: 1 }), one('Task', task())],
      Retry: [retrier(['ErrorA'], 1, 2)],
    }),
    answers: failing('ErrorA', 'ErrorA'),
  },
  {
    name: 'a Parallel and a Map pass on the errors of the language',
    page: errors,
    definition: catching('Both', {
      Type: 'Parallel',
      Branches: [one('Items', { Type: 'Map', Items: [1], ItemProcessor: one('Task', task()) }), fail('Other')],
    }),
    answers: failing('States.Timeout'),
  },
  {
    name: 'expressions of a state see the variables from before it',
    page: variables,
    definition: {
      StartAt: 'First',
      States: {
        First: { Type: 'Pass', Assign: { a: 1, b: 1 }, Next: 'Task' },
        Task: task({ Assign: { a: '{% $a + 1 %}', b: '{% $a %}' }, Output: '{% $a %}', Next: 'Last' }),
        Last: last({ Type: 'Pass', Output: ['{% $states.input %}', '{% $a %}', '{% $b %}'] }),
      },
    },
    answers: failing(),
  },
  {
    name: 'a Choice assigns the variables of the matching rule',
    page: `${guide}/state-choice.html`,
    definition: {
      StartAt: 'First',
      States: {
        First: {
          Type: 'Choice',
          Choices: [
            { Condition: '{% false %}', Next: 'Never', Assign: { a: 'first' } },
            { Condition: '{% true %}', Next: 'Last', Assign: { a: 'second' } },
          ],
          Default: 'Never',
        },
        Never: { Type: 'Fail', Error: 'Never', Cause: '' },
        Last: last({ Type: 'Pass', Output: '{% $a %}' }),
      },
    },
  },
  {
    name: 'items and branches have separate variables',
    page: variables,
    definition: {
      StartAt: 'First',
      States: {
        First: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'Items' },
        Items: {
          Type: 'Map',
          Items: ['a', 'b'],
          ItemSelector: {
            index: '{% $states.context.Map.Item.Index %}',
            value: '{% $states.context.Map.Item.Value %}',
          },
          ItemProcessor: {
            StartAt: 'Inner',
            States: {
              Inner: { Type: 'Pass', Assign: { inner: '{% $states.input.value & $outer %}' }, Next: 'Result' },
              Result: last({ Type: 'Pass', Output: ['{% $inner %}', '{% $states.input.index %}'] }),
            },
          },
          End: true,
        } as State,
      },
    },
  },
  {
    name: 'a Map of no items returns an empty list',
    page: `${guide}/state-map-inline.html`,
    definition: one('Items', { Type: 'Map', Items: [], ItemProcessor: one('Never', { Type: 'Pass' }) }),
  },
  {
    name: 'an expression without a value is an error, and null is a value',
    page: transforming,
    definition: {
      StartAt: 'First',
      States: {
        First: { Type: 'Pass', Assign: { nothing: null }, Next: 'Null' },
        Null: { Type: 'Pass', Output: { nothing: '{% $nothing %}' }, Next: 'Undefined' },
        Undefined: {
          Type: 'Map',
          Items: '{% $states.input.absent %}',
          ItemProcessor: one('Never', { Type: 'Pass' }),
          Catch: caught,
          Next: 'Caught',
        },
        Caught: last({ Type: 'Pass', Output: ['{% $states.input.Error %}', '{% $nothing %}'] }),
      },
    },
  },
]

/** The case as a scenario, whose state machine has the same name. */
export function scenarioOf({ name, answers = {} }: LanguageCase): Scenario {
  return { name, machine: name, input: {}, answers }
}

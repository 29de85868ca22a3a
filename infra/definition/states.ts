/** Converts a state machine from the shorthand of statemachine/README.md to the Amazon States Language. */
import { type AslMachine, type AslStates, bareExpression, expression } from './asl.ts'
import { retryPolicy } from './retry-policies.ts'
import { type AslState, type Envelope, isStep, type Machine, type State } from './source.ts'
import { type Steps, stepStates } from './step.ts'

interface Around {
  readonly defaults: Envelope
  readonly steps: Steps
}

/**
 * The machine in the Amazon States Language, with the states of all steps and polls.
 *
 * @throws {Error} when a step has no function, or a retry policy does not exist
 */
export function aslMachine({ Defaults, StartAt, States }: Machine, { defaults, steps }: Around): AslMachine {
  const around = { defaults: { ...defaults, ...Defaults }, steps }
  const states = Object.entries(States).map(([name, state]) => statesOf(name, state, around))
  return { StartAt, States: Object.assign({}, ...states) }
}

function statesOf(name: string, state: State, around: Around): AslStates {
  return isStep(state) ? stepStates(name, state, around) : { [name]: aslState(state, around) }
}

function aslState(state: AslState, around: Around): object {
  if (state.Type === 'Fail') return failState(state)
  const { Choices, Branches, ItemProcessor, Retry } = state
  return {
    ...state,
    ...(Choices && {
      Choices: Choices.map(({ Condition, ...rest }) => ({ Condition: expression(Condition), ...rest })),
    }),
    ...(Branches && { Branches: Branches.map((branch) => aslMachine(branch, around)) }),
    ...(ItemProcessor && {
      ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...aslMachine(ItemProcessor, around) },
    }),
    ...(Retry !== undefined && { Retry: retryPolicy(Retry) }),
  }
}

/**
 * A Fail state must not raise an error whose name begins with `States.`, because the language reserves these names
 * (https://states-language.net/#error-names). It raises a caught `States.Timeout` as `Workflow.Timeout`.
 * lambdas/operations/reconcile/operation-end.ts restores the name.
 */
function failState(state: AslState): object {
  const raised = bareExpression(String(state.Error))
  if (raised === undefined) return state
  return { ...state, Error: expression(`$replace(${raised}, /^States\\./, 'Workflow.')`) }
}

/** A machine of the shorthand in the Amazon States Language. */
import { type AslMachine, type AslStates, bareExpression, expression } from './asl.ts'
import { retryPolicy } from './retry-policies.ts'
import type { AslState, Envelope, Machine, State, Step } from './source.ts'
import { type Steps, stepStates } from './step.ts'

interface Around {
  readonly defaults: Envelope
  readonly steps: Steps
}

/** The machine with all of its steps and polls written out. */
export function aslMachine({ Defaults, StartAt, States }: Machine, { defaults, steps }: Around): AslMachine {
  const around = { defaults: { ...defaults, ...Defaults }, steps }
  const states = Object.entries(States).map(([name, state]) => statesOf(name, state, around))
  return { StartAt, States: Object.assign({}, ...states) }
}

function statesOf(name: string, state: State, around: Around): AslStates {
  return isStep(state) ? stepStates(name, state, around) : { [name]: aslState(state, around) }
}

export function isStep(state: State): state is Step {
  return state.Type === 'Step'
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
 * Names that begin with `States.` are of the language's own errors, and no Fail state may raise one: what was caught is raised
 * as `Workflow.Timeout` instead of `States.Timeout`. lambdas/operations/operation-end.ts turns it back.
 * https://states-language.net/#error-names
 */
function failState(state: AslState): object {
  const raised = bareExpression(String(state.Error))
  if (raised === undefined) return state
  return { ...state, Error: expression(`$replace(${raised}, /^States\\./, 'Workflow.')`) }
}

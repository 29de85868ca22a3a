/** The input that the state machine of setups passes to its steps. */
import jsonata from 'jsonata'
import * as z from 'zod'
import { isStep, type Machine, readWorkflow } from '../../../infra/definition/source.ts'
import { stepOf } from '../steps/steps.ts'

interface SetupStep {
  /** An expression for each field of its input. */
  readonly input: Readonly<Record<string, string>>
  /** Whether it runs once for each workload. */
  readonly perWorkload: boolean
}

const setupSteps = new Map(stepsIn(readWorkflow('setup'), false))

export function runsPerWorkload(state: string): boolean {
  return setupStep(state).perWorkload
}

/**
 * The input of a step, without the fields whose expressions return nothing.
 *
 * @param variables the variables of the state machine, by their names without `$`
 * @throws {Error} when the step does not accept it
 */
export async function setupInput(state: string, variables: object): Promise<object> {
  const fields = Object.entries(setupStep(state).input).map(async ([name, expression]) => {
    const value: unknown = await jsonata(expression).evaluate(undefined, { ...variables })
    return value === undefined ? {} : { [name]: value }
  })
  const input = Object.assign({}, ...(await Promise.all(fields)))
  const { error } = stepOf(state).description.input.safeParse(input)
  if (!error) return input
  throw new Error(
    `${state} does not accept the input that statemachine/setup.asl.yaml gives it:\n${z.prettifyError(error)}\nIf an expression names a variable that tests do not set, add it to #variables of test/support/kubernetes/rights-setup.ts`,
  )
}

function setupStep(state: string): SetupStep {
  const step = setupSteps.get(state)
  if (!step) throw new Error(`statemachine/setup.asl.yaml has no step ${state}`)
  return step
}

function stepsIn({ States }: Machine, perWorkload: boolean): [string, SetupStep][] {
  return Object.entries(States).flatMap(([name, state]): [string, SetupStep][] => {
    if (isStep(state)) return [[name, { input: state.Input, perWorkload }]]
    const { Branches = [], ItemProcessor } = state
    return [
      ...Branches.flatMap((branch) => stepsIn(branch, perWorkload)),
      ...(ItemProcessor ? stepsIn(ItemProcessor, true) : []),
    ]
  })
}

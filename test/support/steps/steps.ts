import path from 'node:path'
import * as z from 'zod'
import { stepFunctions } from '../../../infra/functions/functions.ts'
import { type DescribedStep, steps } from '../../../infra/steps.ts'
import type { StepContext, StepResult } from '../../../lambdas/steps/contract.ts'

/** The description of a state's step, and the path of its handler. */
export function stepOf(state: string): DescribedStep {
  const step = steps.get(state)
  if (!step) throw new Error(`no function is called by the state ${state}`)
  return step
}

function importStep(state: string): Promise<unknown> {
  return import(path.resolve(import.meta.dirname, '../../..', stepOf(state).entry))
}

/** The name of the function that runs the step, which may be shared by a group of steps. */
export function functionOfStep(state: string): string {
  for (const [name, { states }] of stepFunctions) if (states.includes(state)) return name
  throw new Error(`no function runs the step ${state}`)
}

interface StepModule {
  run(input: unknown, context: StepContext): Promise<StepResult<object>>
}

const stepModule = z.custom<StepModule>((value) => typeof value === 'object' && value !== null && 'run' in value)

/** Runs the step of a state. Its schema selects its input from the values. */
export async function runStep(state: string, values: unknown, context: StepContext): Promise<StepResult<object>> {
  const { run } = stepModule.parse(await importStep(state))
  return run(stepOf(state).description.input.parse(values), context)
}

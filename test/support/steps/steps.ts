import path from 'node:path'
import * as z from 'zod'
import { stepFunctions } from '../../../infra/functions/functions.ts'
import { type DescribedStep, steps } from '../../../infra/steps.ts'
import type { StepContext, StepResult } from '../../../lambdas/steps/contract.ts'

/** What the step of a state says of itself, and where its handler is. */
export function stepOf(state: string): DescribedStep {
  const step = steps.get(state)
  if (!step) throw new Error(`no function is called by the state ${state}`)
  return step
}

/** The handler's module. */
export function importStep(state: string): Promise<unknown> {
  return import(path.resolve(import.meta.dirname, '../../..', stepOf(state).entry))
}

/** The name of the function that does the step: the state's own, or that of the group that shares it. */
export function functionOfStep(state: string): string {
  for (const [name, { states }] of stepFunctions) if (states.includes(state)) return name
  throw new Error(`no function does the step ${state}`)
}

interface StepModule {
  run(input: unknown, context: StepContext): Promise<StepResult<object>>
}

const stepModule = z.custom<StepModule>((value) => typeof value === 'object' && value !== null && 'run' in value)

/** Runs the step of a state. The schema of its input takes what it needs of the values. */
export async function runStep(state: string, values: unknown, context: StepContext): Promise<StepResult<object>> {
  const { run } = stepModule.parse(await importStep(state))
  return run(stepOf(state).description.input.parse(values), context)
}

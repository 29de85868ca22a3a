import path from 'node:path'
import { type DescribedStep, steps } from '../../infra/steps.ts'

/** What the step of a state says of itself, and where its handler is. */
export function stepOf(state: string): DescribedStep {
  const step = steps.get(state)
  if (!step) throw new Error(`no function is called by the state ${state}`)
  return step
}

/** The handler's module. */
export function importStep(state: string): Promise<unknown> {
  return import(path.resolve(import.meta.dirname, '../..', stepOf(state).entry))
}

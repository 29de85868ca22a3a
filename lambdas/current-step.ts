import { AsyncLocalStorage } from 'node:async_hooks'

const current = new AsyncLocalStorage<string>()

/** Runs the work of a step. Its calls to AWS and to API servers name the step, because steps share functions. */
export function asStep<Result>(state: string, work: () => Promise<Result>): Promise<Result> {
  return current.run(state, work)
}

/** The state name of the running step; undefined outside of steps. */
export function currentStep(): string | undefined {
  return current.getStore()
}

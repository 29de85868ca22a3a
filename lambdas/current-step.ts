import { AsyncLocalStorage } from 'node:async_hooks'

const current = new AsyncLocalStorage<string>()

/** Does the work of a step: until it ends, its calls to AWS and to API servers name the step, which the name of a shared function does not. */
export function asStep<Result>(state: string, work: () => Promise<Result>): Promise<Result> {
  return current.run(state, work)
}

/** The state of the step that is at work; undefined outside of steps. */
export function currentStep(): string | undefined {
  return current.getStore()
}

/** The handler of a function that several steps share: infra/functions/function-groups.ts lists them. */
import type { Context } from 'aws-lambda'
import * as z from 'zod/mini'
import { InvalidStepInput } from '../errors/step-errors.ts'

type StepHandler = (event: unknown, context: Context) => Promise<unknown>

const called = z.object({ state: z.string() })

/**
 * A handler that delegates to the step in the payload.
 *
 * @param handlers the handlers of the steps, by the names of their states
 */
export function handlerOfSteps(handlers: Readonly<Record<string, StepHandler>>): StepHandler {
  const byState = new Map(Object.entries(handlers))
  return async (event, context) => {
    const { data } = called.safeParse(event)
    const handler = byState.get(data?.state ?? '')
    if (handler) return handler(event, context)
    throw new InvalidStepInput({
      object: data ? `state ${data.state}` : 'the payload',
      reason: `${data ? 'the function does not have this step' : 'it names no state'}: its steps are ${[...byState.keys()].join(', ')}`,
      action: 'Deploy the state machine and the functions of one version',
    })
  }
}

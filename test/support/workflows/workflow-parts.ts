/** Reads parts of a state machine and of the calls of its runs. */
import * as z from 'zod'
import { stepOf } from '../steps/steps.ts'
import type { TaskCall } from './workflow.ts'
import type { Machine, State } from './workflow-machine.ts'

/** All states, including those of branches and maps. */
export function statesOf(machine: Machine): [string, State][] {
  return Object.entries(machine.States).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...[...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])].flatMap(statesOf),
  ])
}

/** The states that invoke a function. */
export function lambdaTasksOf(machine: Machine): [string, State][] {
  return statesOf(machine).filter(([, { Resource }]) => Resource === 'arn:aws:states:::lambda:invoke')
}

const call = z.object({ FunctionName: z.string() })

/** The step whose function a state invokes. Its state has another name in the state machine of batches. */
export function stepOfTask({ Arguments }: State): string {
  return call.parse(Arguments).FunctionName.split(':').at(-1) ?? ''
}

/** The schema of the input of a state's function. */
export function stepInput(state: string) {
  return stepOf(state).description.input
}

const payload = z.object({
  operationId: z.string(),
  cluster: z.string().optional(),
  state: z.string(),
  item: z.string().optional(),
  attempt: z.number(),
  dryRun: z.boolean().optional(),
  input: z.unknown(),
})

/** The payload of a step's call. */
export function payloadOf(call: TaskCall): z.output<typeof payload> {
  return z.object({ Payload: payload }).parse(call.arguments).Payload
}

export function payloadsOf(calls: readonly TaskCall[], state: string): z.output<typeof payload>[] {
  return calls.filter((call) => call.state === state).map(payloadOf)
}

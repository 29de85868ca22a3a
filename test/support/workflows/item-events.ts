import { mostFailures } from './longest-runs.ts'
import { eventsOf, eventsOfAttempt, eventsOfItem } from './workflow.ts'
import type { Machine, State } from './workflow-machine.ts'

/** The number of retries of a state's call. */
export type Repeats = (state: State) => number

export const never: Repeats = () => 0
/** The retries of the retrier with the most attempts. */
export const mostOften: Repeats = (state) => mostFailures(state).times

/**
 * The maximum number of events of one item of a Map in the history, computed from the definition.
 *
 * @throws {Error} when an item may enter a state twice, or has parallel branches, because the number has no such bound
 */
export function eventsOfOneItem({ ItemProcessor }: State, repeats: Repeats): number {
  if (!ItemProcessor) throw new Error('only a Map has items')
  return eventsOfItem + eventsFrom(ItemProcessor.StartAt, ItemProcessor, repeats, [])
}

/** The events of the longest path from a state to the end. */
function eventsFrom(name: string, machine: Machine, repeats: Repeats, before: readonly string[]): number {
  const state = machine.States[name]
  if (!state) throw new Error(`no state ${name}`)
  if (before.includes(name)) throw new Error(`an item may enter ${name} twice`)
  if (state.Branches ?? state.ItemProcessor) throw new Error(`${name} has parallel branches`)
  const own = eventsOf[state.Type] + (state.Type === 'Task' ? eventsOfAttempt(state) * (1 + repeats(state)) : 0)
  const after = nextOf(state).map((next) => eventsFrom(next, machine, repeats, [...before, name]))
  return own + Math.max(0, ...after)
}

function nextOf({ Next, Default, Choices = [], Catch = [] }: State): string[] {
  return [Next, Default, ...[...Choices, ...Catch].map((rule) => rule.Next)].filter((next) => next !== undefined)
}

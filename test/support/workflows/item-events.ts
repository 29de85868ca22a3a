import { mostFailures } from './longest-runs.ts'
import { eventsOf, eventsOfAttempt, eventsOfItem } from './workflow.ts'
import type { Machine, State } from './workflow-machine.ts'

/** How often a call of a state is repeated. */
export type Repeats = (state: State) => number

export const never: Repeats = () => 0
/** As often as the retrier with the most attempts allows. */
export const mostOften: Repeats = (state) => mostFailures(state).times

/**
 * The most events that one item of a Map has in the history of its execution, computed from the definition.
 *
 * @throws {Error} when an item may enter a state twice, or does more than one thing at once: its events have no such bound
 */
export function eventsOfOneItem({ ItemProcessor }: State, repeats: Repeats): number {
  if (!ItemProcessor) throw new Error('only a Map has items')
  return eventsOfItem + eventsFrom(ItemProcessor.StartAt, ItemProcessor, repeats, [])
}

/** Of the longest way from a state to the end. */
function eventsFrom(name: string, machine: Machine, repeats: Repeats, before: readonly string[]): number {
  const state = machine.States[name]
  if (!state) throw new Error(`there is no state ${name}`)
  if (before.includes(name)) throw new Error(`an item may enter ${name} twice`)
  if (state.Branches ?? state.ItemProcessor) throw new Error(`${name} does more than one thing at once`)
  const own = eventsOf[state.Type] + (state.Type === 'Task' ? eventsOfAttempt(state) * (1 + repeats(state)) : 0)
  const after = nextOf(state).map((next) => eventsFrom(next, machine, repeats, [...before, name]))
  return own + Math.max(0, ...after)
}

function nextOf({ Next, Default, Choices = [], Catch = [] }: State): string[] {
  return [Next, Default, ...[...Choices, ...Catch].map((rule) => rule.Next)].filter((next) => next !== undefined)
}

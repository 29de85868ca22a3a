/** Scenarios in which branches or items fail at the same time, in each possible order. */

import type { Machine } from '../../support/workflows/workflow-machine.ts'
import { statesOf } from '../../support/workflows/workflow-parts.ts'
import type { Scenario } from './scenario.ts'
import type { Run } from './successful-runs.ts'
import { type CallSite, tasksOf, withAnswers } from './tasks.ts'

/** A Parallel with its branches, or a Map with two items, with the tasks of each that may fail. */
interface Concurrent {
  readonly name: string
  readonly lanes: readonly (readonly CallSite[])[]
}

/** Scenarios that differ only in the order in which the branches or items of one state run. */
export interface Interleaving {
  readonly orders: readonly Scenario[]
}

/** For each Parallel and Map: one in which nothing fails, and those in which two tasks of different branches or items fail. */
export function interleavings(definition: Machine, successful: readonly Run[]): Interleaving[] {
  return concurrentsOf(definition).flatMap((concurrent) => {
    const failing = pairsOf(concurrent.lanes).flatMap(([first, second]) => {
      const run = successful.find(({ called }) => called.has(first.task.name) && called.has(second.task.name))
      return run ? [bothFail(run.scenario, first, second)] : []
    })
    const none = successful.filter(({ called }) => concurrent.lanes.flat().some(({ task }) => called.has(task.name)))
    return [...none.map(({ scenario }) => scenario), ...failing].map((scenario) => inEachOrder(scenario, concurrent))
  })
}

function concurrentsOf(definition: Machine): Concurrent[] {
  return statesOf(definition).flatMap(([name, { Branches = [], ItemProcessor }]) => {
    const branches = Branches.map((branch) => tasksOf(branch).map((task) => ({ task, item: 0 })))
    const items = ItemProcessor
      ? [0, 1].map((item) => tasksOf(ItemProcessor, true).map((task) => ({ task, item })))
      : []
    const lanes = [...branches, ...items]
    return lanes.length > 1 ? [{ name, lanes }] : []
  })
}

function inEachOrder(scenario: Scenario, { name, lanes }: Concurrent): Interleaving {
  return {
    orders: permutations([...lanes.keys()]).map((order) => ({
      ...scenario,
      name: `${scenario.name}, ${name} in the order ${order.join(', ')}`,
      order: { [name]: order },
    })),
  }
}

function bothFail(scenario: Scenario, first: CallSite, second: CallSite): Scenario {
  const one = withAnswers(scenario, first, 'fails', [{ error: 'FirstRefused', cause: 'first' }])
  return withAnswers(one, second, 'fails', [{ error: 'SecondRefused', cause: 'second' }])
}

function pairsOf(lanes: Concurrent['lanes']): [CallSite, CallSite][] {
  return lanes.flatMap((lane, index) =>
    lanes
      .slice(index + 1)
      .flatMap((other) => lane.flatMap((first) => other.map((second): [CallSite, CallSite] => [first, second]))),
  )
}

function permutations(indexes: readonly number[]): number[][] {
  if (indexes.length === 0) return [[]]
  return indexes.flatMap((first) =>
    permutations(indexes.filter((index) => index !== first)).map((rest) => [first, ...rest]),
  )
}

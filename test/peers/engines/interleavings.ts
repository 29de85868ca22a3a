/** Branches and items that fail at the same time, in each order in which they may come to it. */

import type { Machine } from '../../support/workflows/workflow-machine.ts'
import { statesOf } from '../../support/workflows/workflow-parts.ts'
import type { Scenario } from './scenario.ts'
import { type Place, tasksOf, withAnswers } from './tasks.ts'
import type { Run } from './well-runs.ts'

/** A Parallel with its branches, or a Map with two items: the tasks that may fail in each. */
interface Concurrent {
  readonly name: string
  readonly lanes: readonly (readonly Place[])[]
}

/** The scenarios differ in nothing but the order in which the branches or items of one state run. */
export interface Interleaving {
  readonly orders: readonly Scenario[]
}

/** Of each Parallel and Map: nothing fails, and a task of one branch or item fails and a task of another. */
export function interleavings(definition: Machine, well: readonly Run[]): Interleaving[] {
  return concurrentsOf(definition).flatMap((concurrent) => {
    const failing = pairsOf(concurrent.lanes).flatMap(([first, second]) => {
      const run = well.find(({ called }) => called.has(first.task.name) && called.has(second.task.name))
      return run ? [bothFail(run.scenario, first, second)] : []
    })
    const none = well.filter(({ called }) => concurrent.lanes.flat().some(({ task }) => called.has(task.name)))
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

function bothFail(scenario: Scenario, first: Place, second: Place): Scenario {
  const one = withAnswers(scenario, first, 'fails', [{ error: 'FirstRefused', cause: 'first' }])
  return withAnswers(one, second, 'fails', [{ error: 'SecondRefused', cause: 'second' }])
}

function pairsOf(lanes: Concurrent['lanes']): [Place, Place][] {
  return lanes.flatMap((lane, index) =>
    lanes
      .slice(index + 1)
      .flatMap((other) => lane.flatMap((first) => other.map((second): [Place, Place] => [first, second]))),
  )
}

function permutations(indexes: readonly number[]): number[][] {
  if (indexes.length === 0) return [[]]
  return indexes.flatMap((first) =>
    permutations(indexes.filter((index) => index !== first)).map((rest) => [first, ...rest]),
  )
}

/** How calls follow one another: the longest chain of a step, and that of a workflow. */

import type { Call } from '../sandbox/call-log.ts'

/** From when to when a call took, in milliseconds since the epoch. */
export interface Span {
  readonly from: number
  readonly to: number
}

export function spanOf({ at, durationMs = 0 }: Call): Span {
  return { from: at, to: at + durationMs }
}

/** The longest sequence of calls of which each begins when the one before it is answered, or later. */
export function longestChain<Made extends Span>(calls: readonly Made[]): readonly Made[] {
  const chain: Made[] = []
  // The call that is answered first leaves the most time for others: the choice of as many as possible that do not overlap.
  for (const call of calls.toSorted((a, b) => a.to - b.to)) {
    if (call.from >= (chain.at(-1)?.to ?? Number.NEGATIVE_INFINITY)) chain.push(call)
  }
  return chain
}

/** A state machine, as far as it says what runs after what, and what runs beside it. */
export interface Graph {
  readonly States: Readonly<Record<string, GraphState>>
}

interface GraphState {
  readonly Branches?: readonly Graph[] | undefined
  readonly ItemProcessor?: Graph | undefined
}

/** The paths through a state machine, each with its states in their order: of branches that run side by side a path has one. */
export function pathsOf({ States }: Graph): readonly (readonly string[])[] {
  return Object.entries(States).reduce<readonly (readonly string[])[]>(
    (paths, [name, { Branches = [], ItemProcessor }]) => {
      const inside = [...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap(pathsOf)
      const ways = inside.length > 0 ? inside : [[]]
      return paths.flatMap((path) => ways.map((way) => [...path, name, ...way]))
    },
    [[]],
  )
}

/**
 * The sum along the longest path of a state machine.
 *
 * @param lengthOf of a state by its name; 0 for one that was not entered
 */
export function longestPath(graph: Graph, lengthOf: (state: string) => number): number {
  const sums = pathsOf(graph).map((path) => path.reduce((sum, state) => sum + lengthOf(state), 0))
  return Math.max(...sums)
}

/** Computes the longest chain of calls of a step and of a workflow. */

import type { Call } from '../../sandbox/call-log.ts'

/** The start and the end of a call, in milliseconds since the epoch. */
export interface Span {
  readonly from: number
  readonly to: number
}

export function spanOf({ at, durationMs = 0 }: Call): Span {
  return { from: at, to: at + durationMs }
}

/** The longest sequence of calls that do not overlap: each one starts after the response to the previous one. */
export function longestChain<Made extends Span>(calls: readonly Made[]): readonly Made[] {
  const chain: Made[] = []
  // Interval scheduling: the call with the earliest end leaves the most time for later calls.
  for (const call of calls.toSorted((a, b) => a.to - b.to)) {
    if (call.from >= (chain.at(-1)?.to ?? Number.NEGATIVE_INFINITY)) chain.push(call)
  }
  return chain
}

/** The parts of a state machine that determine which states run one after another, and which in parallel. */
export interface Graph {
  readonly States: Readonly<Record<string, GraphState>>
}

interface GraphState {
  readonly Branches?: readonly Graph[] | undefined
  readonly ItemProcessor?: Graph | undefined
}

/** The paths through a state machine, each with its states in order. A path takes one of several parallel branches. */
export function pathsOf({ States }: Graph): readonly (readonly string[])[] {
  return Object.entries(States).reduce<readonly (readonly string[])[]>(
    (paths, [name, { Branches = [], ItemProcessor }]) => {
      const inside = [...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap(pathsOf)
      const subpaths = inside.length > 0 ? inside : [[]]
      return paths.flatMap((path) => subpaths.map((subpath) => [...path, name, ...subpath]))
    },
    [[]],
  )
}

/**
 * Returns the length of the longest path through a state machine.
 *
 * @param lengthOf returns the length of a state, or 0 for a state that was not entered
 */
export function longestPath(graph: Graph, lengthOf: (state: string) => number): number {
  const sums = pathsOf(graph).map((path) => path.reduce((sum, state) => sum + lengthOf(state), 0))
  return Math.max(...sums)
}

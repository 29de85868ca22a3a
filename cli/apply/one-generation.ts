interface Operations<Run, Ended> {
  readonly plan: (run: Run, generation: number | undefined) => Promise<Ended>
  readonly setUp: (run: Run, generation: number | undefined) => Promise<Ended>
  readonly basedOnGeneration: (run: Run) => Promise<number | undefined>
}

interface OneGeneration<Run, Ended> {
  readonly plan: (run: Run) => Promise<Ended>
  readonly setUp: (run: Run) => Promise<Ended>
}

/**
 * Plan and setup of each run require the same generation of the spec. A person approves what the plan shows, so the
 * setup must not read the generation again.
 *
 * @param generationOf by default the generation that the spec has at the first operation of a run
 */
export function ofOneGeneration<Run, Ended>(
  operations: Operations<Run, Ended>,
  generationOf = operations.basedOnGeneration,
): OneGeneration<Run, Ended> {
  const generations = new Map<Run, Promise<number | undefined>>()
  const required = (run: Run) => {
    const generation = generations.get(run) ?? generationOf(run)
    generations.set(run, generation)
    return generation
  }
  return {
    plan: async (run) => operations.plan(run, await required(run)),
    setUp: async (run) => operations.setUp(run, await required(run)),
  }
}

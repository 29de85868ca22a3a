/** The functions that a first setup calls one after another. The first call of each function adds a cold start. */
import { type FunctionGroup, functionGroups } from '../../infra/functions/function-groups.ts'
import { exampleRequest } from '../../test/support/api/requests.ts'
import { runSetup, setupMachine } from '../../test/support/workflows/setup-workflow.ts'
import { type Graph, pathsOf } from './chain.ts'

const grouped = Object.entries<FunctionGroup>(functionGroups)

/**
 * The functions of the states in the order of their first use, along the path with the most functions.
 *
 * @param entered the states that the setup enters
 */
export function functionsInSequence(graph: Graph, entered: ReadonlySet<string>): readonly string[] {
  const sequences = pathsOf(graph).map((path) => [
    ...new Set(path.filter((state) => entered.has(state)).map(functionOf)),
  ])
  return sequences.reduce((longest, each) => (each.length > longest.length ? each : longest), [])
}

/** The functions for the first setup of an existing cluster with a public issuer, without the functions of the API. */
export async function coldFunctionsOfReadyCluster(): Promise<readonly string[]> {
  const { calls } = await runSetup(exampleRequest('existing-cluster'))
  return functionsInSequence(setupMachine, new Set(calls.map(({ state }) => state)))
}

/** Returns the group of the state's function, or the state itself if its step has its own function. */
function functionOf(state: string): string {
  return grouped.find(([, { steps }]) => steps.includes(state))?.[0] ?? state
}

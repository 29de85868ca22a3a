/** Which functions a first setup starts one after the other: each that was not called before takes a cold start. */
import { type FunctionGroup, functionGroups } from '../infra/functions/function-groups.ts'
import { exampleRequest } from '../test/support/api/requests.ts'
import { runSetup, setupMachine } from '../test/support/workflows/setup-workflow.ts'
import { type Graph, pathsOf } from './chain.ts'

const grouped = Object.entries<FunctionGroup>(functionGroups)

/**
 * The functions of the states, in the order of their first use, along the path with the most of them.
 *
 * @param entered the states that the setup enters
 */
export function functionsInSequence(graph: Graph, entered: ReadonlySet<string>): readonly string[] {
  const sequences = pathsOf(graph).map((path) => [
    ...new Set(path.filter((state) => entered.has(state)).map(functionOf)),
  ])
  return sequences.reduce((longest, each) => (each.length > longest.length ? each : longest), [])
}

/** Those of the first setup of a cluster that is there, and that publishes its keys itself. Functions of the API are not among them. */
export async function coldFunctionsOfReadyCluster(): Promise<readonly string[]> {
  const { calls } = await runSetup(exampleRequest('existing-cluster'))
  return functionsInSequence(setupMachine, new Set(calls.map(({ state }) => state)))
}

/** The group that shares a function, or the state of a step that has one of its own. */
function functionOf(state: string): string {
  return grouped.find(([, { steps }]) => steps.includes(state))?.[0] ?? state
}

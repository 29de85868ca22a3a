import type { Machine } from '../../support/workflows/workflow-machine.ts'
import { runOnInterpreter } from './on-interpreter.ts'
import type { Scenario } from './scenario.ts'
import { refused, type Start, successAnswers } from './starts.ts'
import { tasksOf } from './tasks.ts'

/** A scenario, and the tasks that its run calls. */
export interface Run {
  readonly scenario: Scenario
  readonly called: ReadonlySet<string>
}

/** The runs of a workflow in which all tasks succeed, one for each start. */
export function successfulRuns(
  workflow: string,
  definition: Machine,
  starts: Readonly<Record<string, Start>>,
): Promise<Run[]> {
  const tasks = tasksOf(definition).map(({ name }) => name)
  const runs = Object.entries(starts).map(([name, { request, input: more, payloads = {}, failing = [] }]) => {
    const failed = Object.fromEntries(failing.map((state) => [state, [{ answers: [refused] }]]))
    const answers = { ...successAnswers(tasks, payloads), ...failed }
    const input = { operationId: 'operation-1', request, ...more }
    return runOf(definition, { name, machine: workflow, input, answers })
  })
  return Promise.all(runs)
}

/** Runs a scenario, and records which tasks it calls. */
export async function runOf(definition: Machine, scenario: Scenario): Promise<Run> {
  const { calls } = await runOnInterpreter(definition, scenario)
  return { scenario, called: new Set(calls.map(({ state }) => state)) }
}

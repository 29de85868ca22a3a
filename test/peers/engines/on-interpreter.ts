import { runWorkflow } from '../../support/workflows/workflow.ts'
import type { Machine } from '../../support/workflows/workflow-machine.ts'
import { answering, type Outcome, parseOutcome, type Scenario } from './scenario.ts'

/** The cause of an error is its message. */
class TaskError extends Error {
  override readonly name: string
  constructor(name: string, cause: string) {
    super(cause)
    this.name = name
  }
  override toString(): string {
    return this.message
  }
}

/** Runs a scenario on the interpreter of the tests, test/support/workflows/workflow.ts. */
export async function runOnInterpreter(definition: Machine, scenario: Scenario): Promise<Outcome> {
  const answer = answering(scenario.answers)
  const { order = {} } = scenario
  let fault: Error | undefined
  const run = await runWorkflow(
    definition,
    scenario.input,
    (call) => {
      const given = answerOrFault(call)
      if ('error' in given) throw new TaskError(given.error, given.cause)
      return given.result
    },
    { jitter: 1, order },
  )
  // A missing answer is an error of the scenario, but the state machine may have caught it like an error of a task.
  if (fault) throw fault
  return parseOutcome(run)

  function answerOrFault(call: Parameters<typeof answer>[0]) {
    try {
      return answer(call)
    } catch (error) {
      fault ??= error instanceof Error ? error : new Error(String(error))
      throw error
    }
  }
}

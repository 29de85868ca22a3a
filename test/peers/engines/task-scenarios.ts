/** Each task of a workflow, in each of the ways in which it may go. */
import type { Machine, State } from '../../support/workflows/workflow-machine.ts'
import type { Answer, AnswersByState, Scenario } from './scenario.ts'
import { cause, refused, stepAnswer } from './starts.ts'
import { isDecidedBy, isPolled, type Place, type Task, tasksOf, withAnswers } from './tasks.ts'
import { type Run, runOf } from './well-runs.ts'

/** The item of a Map that fails where one does: one has gone well before it. */
const failingItem = 1
const notReady = stepAnswer({ ready: false, reason: 'put the kubeconfig into the secret "a"', events: [] })

/**
 * Each task in each of its ways, in the first run that calls it: one in which all goes well, or else one in which another task
 * fails for good.
 *
 * @throws Error that names the tasks that no run calls
 */
export async function taskScenarios(definition: Machine, well: readonly Run[]): Promise<Scenario[]> {
  const tasks = tasksOf(definition)
  const runs = [...well, ...(await failedRuns(definition, well))]
  const uncalled = tasks.filter(({ name }) => !runs.some(({ called }) => called.has(name)))
  if (uncalled.length > 0) {
    throw new Error(
      `test/peers/engines/starts.ts needs a start that calls ${uncalled.map(({ name }) => name).join(', ')}`,
    )
  }
  return tasks.flatMap((task) => {
    const run = runs.find(({ called }) => called.has(task.name))
    return run ? waysOf(run.scenario, { task, item: failingItem }) : []
  })
}

/** The runs in which a task fails for good, and whose end calls others. */
function failedRuns(definition: Machine, well: readonly Run[]): Promise<Run[]> {
  const failing = well.flatMap(({ scenario, called }) =>
    tasksOf(definition)
      .filter(({ name }) => called.has(name))
      .map((task) => withAnswers(scenario, { task, item: failingItem }, 'fails for good', [refused])),
  )
  return Promise.all(failing.map((scenario) => runOf(definition, scenario)))
}

function waysOf(scenario: Scenario, place: Place): Scenario[] {
  const { task } = place
  const well = wellAnswer(scenario.answers, task)
  const retried = retriedErrors(task.state)
  const ways: Readonly<Record<string, readonly Answer[] | false>> = {
    'fails for good': [refused],
    ...Object.fromEntries(caughtByName(task.state).map((error) => [`fails with ${error}`, [{ error, cause }]])),
    'fails with each error that is retried, then not': retried.length > 0 && [...retried, well],
    'fails again at each retry': retried.length > 0 && retried.slice(-1),
    'is not ready at first': isPolled(task) && [notReady, notReady, well],
    'is never ready': isDecidedBy(task) && [notReady],
  }
  return Object.entries(ways).flatMap(([way, answers]) => (answers ? [withAnswers(scenario, place, way, answers)] : []))
}

/** The errors that have a catcher of their own. */
function caughtByName({ Catch = [] }: State): string[] {
  return Catch.flatMap(({ ErrorEquals }) => ErrorEquals).filter((error) => error !== 'States.ALL')
}

/** As many errors of each retrier as it retries. */
function retriedErrors({ Retry = [] }: State): Answer[] {
  return Retry.flatMap(({ ErrorEquals, MaxAttempts }) =>
    ErrorEquals.slice(-MaxAttempts).map((error) => (error === 'States.ALL' ? refused : { error, cause })),
  )
}

function wellAnswer(answers: AnswersByState, { name, isInMap }: Task): Answer {
  const fitting = answers[name]?.find(({ item }) => item === undefined || (isInMap && item === failingItem))
  const answer = fitting?.answers.at(-1)
  if (!answer) throw new Error(`${name} has no answer when all goes well`)
  return answer
}

/** Scenarios for each task of a workflow, with each of its possible outcomes. */
import type { Machine, State } from '../../support/workflows/workflow-machine.ts'
import type { Answer, AnswersByState, Scenario } from './scenario.ts'
import { cause, refused, stepAnswer } from './starts.ts'
import { type Run, runOf } from './successful-runs.ts'
import { type CallSite, isDecidedBy, isPolled, type Task, tasksOf, withAnswers } from './tasks.ts'

/** The item of a Map that fails: another item succeeds before it. */
const failingItem = 1
const notReady = stepAnswer({ ready: false, reason: 'put the kubeconfig into the secret "a"', events: [] })

/**
 * The scenarios of all tasks. Each is a variant of the first run that calls the task: of a successful one, or else of one in
 * which another task fails permanently.
 *
 * @throws Error that names the tasks that no run calls
 */
export async function taskScenarios(definition: Machine, successful: readonly Run[]): Promise<Scenario[]> {
  const tasks = tasksOf(definition)
  const runs = [...successful, ...(await failedRuns(definition, successful))]
  const uncalled = tasks.filter(({ name }) => !runs.some(({ called }) => called.has(name)))
  if (uncalled.length > 0) {
    throw new Error(
      `test/peers/engines/starts.ts needs a start that calls ${uncalled.map(({ name }) => name).join(', ')}`,
    )
  }
  return tasks.flatMap((task) => {
    const run = runs.find(({ called }) => called.has(task.name))
    return run ? variantsOf(run.scenario, { task, item: failingItem }) : []
  })
}

/** Runs in which a task fails permanently, so that the workflow calls other tasks at its end. */
function failedRuns(definition: Machine, successful: readonly Run[]): Promise<Run[]> {
  const failing = successful.flatMap(({ scenario, called }) =>
    tasksOf(definition)
      .filter(({ name }) => called.has(name))
      .map((task) => withAnswers(scenario, { task, item: failingItem }, 'fails permanently', [refused])),
  )
  return Promise.all(failing.map((scenario) => runOf(definition, scenario)))
}

function variantsOf(scenario: Scenario, site: CallSite): Scenario[] {
  const { task } = site
  const success = successAnswer(scenario.answers, task)
  const retried = retriedErrors(task.state)
  const variants: Readonly<Record<string, readonly Answer[] | false>> = {
    'fails permanently': [refused],
    ...Object.fromEntries(caughtByName(task.state).map((error) => [`fails with ${error}`, [{ error, cause }]])),
    'fails with each error that is retried, then not': retried.length > 0 && [...retried, success],
    'fails again at each retry': retried.length > 0 && retried.slice(-1),
    'is not ready at first': isPolled(task) && [notReady, notReady, success],
    'is never ready': isDecidedBy(task) && [notReady],
  }
  return Object.entries(variants).flatMap(([variant, answers]) =>
    answers ? [withAnswers(scenario, site, variant, answers)] : [],
  )
}

/** The errors with their own catcher. */
function caughtByName({ Catch = [] }: State): string[] {
  return Catch.flatMap(({ ErrorEquals }) => ErrorEquals).filter((error) => error !== 'States.ALL')
}

/** As many errors of each retrier as it retries. */
function retriedErrors({ Retry = [] }: State): Answer[] {
  return Retry.flatMap(({ ErrorEquals, MaxAttempts }) =>
    ErrorEquals.slice(-MaxAttempts).map((error) => (error === 'States.ALL' ? refused : { error, cause })),
  )
}

function successAnswer(answers: AnswersByState, { name, isInMap }: Task): Answer {
  const fitting = answers[name]?.find(({ item }) => item === undefined || (isInMap && item === failingItem))
  const answer = fitting?.answers.at(-1)
  if (!answer) throw new Error(`${name} has no answer when all tasks succeed`)
  return answer
}

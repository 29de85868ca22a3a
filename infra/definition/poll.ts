/** The states after a step that may report that something is not ready yet. */
import type { NotReady } from '../../lambdas/steps/description.ts'
import { type AslStates, expression, mapExpressions, objectExpression } from './asl.ts'
import { caughtByPoll, withCaught } from './caught.ts'
import type { Poll, Template } from './source.ts'

const now = '$toMillis($states.context.State.EnteredTime)'

/** Characters of the reason to include. The cause of a Fail state may have 32,768 characters. */
const reasonLength = 3000

interface Polled {
  readonly task: string
  /** Omitted when the workflow continues after the deadline. */
  readonly notReady: NotReady | undefined
  /** JSONata for the name of the cluster. */
  readonly cluster: string
  /** JSONata for the step's item. */
  readonly item: string | undefined
  readonly next: string | undefined
}

/** The variables that the task assigns: its latest answer, and the number of its answers if the poll has a `Wait`. */
export function withPollVariables(poll: Poll, assign: Template = {}): Template {
  const { Of } = poll
  return {
    [`${Of}Observation`]: '{% $states.result.Payload %}',
    ...('Wait' in poll && { [`${Of}Polls`]: expression(`$${Of}Polls + 1`) }),
    ...assign,
  }
}

/** The Choice after the task, the Wait before the task's next call, and the Fail state if the poll names one. */
export function pollStates(poll: Poll, polled: Polled): AslStates {
  const { Of, Choice, Ready, NotReady } = poll
  const ready = { Condition: expression(`$${Of}Observation.ready`), ...Ready, Next: polled.next }
  const fail = typeof NotReady === 'string' ? { [NotReady]: failState(poll, polled) } : {}
  if (!('Wait' in poll)) return { [Choice]: { Type: 'Choice', Choices: [ready], Default: poll.NotReady }, ...fail }
  const late = { Condition: expression(`${now} >= $${Of}Deadline`), ...whenLate(poll, polled) }
  return {
    [Choice]: { Type: 'Choice', Choices: [ready, late], Default: poll.Wait.State },
    [poll.Wait.State]: {
      Type: 'Wait',
      ...(poll.Wait.Comment !== undefined && { Comment: poll.Wait.Comment }),
      Seconds: expression(secondsOf(poll)),
      Next: polled.task,
    },
    ...fail,
  }
}

type Repeated = Extract<Poll, { readonly Wait: unknown }>

function whenLate(poll: Repeated, polled: Polled): object {
  const { NotReady } = poll
  if (typeof NotReady === 'string') return { Next: NotReady }
  if (!NotReady.Assign) return { Next: NotReady.Next }
  const failure = objectExpression({ Error: `'${notReadyOf(polled).error}'`, Cause: causeOf(poll, polled) })
  const assign = withCaught(NotReady.Assign, caughtByPoll(polled.task, polled.item))
  return { Assign: withFailure(assign, failure), Next: NotReady.Next }
}

/** Begins each expression that uses `$notReady` with the definition of this variable. Other values stay unchanged. */
function withFailure(assign: Template, failure: string): Template {
  return mapExpressions(assign, (jsonata) =>
    jsonata.includes('$notReady') ? `($notReady := ${failure}; ${jsonata})` : jsonata,
  )
}

function failState(poll: Poll, polled: Polled): object {
  return { Type: 'Fail', Error: notReadyOf(polled).error, Cause: expression(causeOf(poll, polled)) }
}

/** JSONata for the failure, in the form of lambdas/errors/failure-codec.ts. */
function causeOf(poll: Poll, polled: Polled): string {
  const { task, cluster } = polled
  const notReady = notReadyOf(polled)
  const what = 'Wait' in poll ? `${notReady.what} by the deadline` : notReady.what
  const failure = objectExpression({
    name: textOf(notReady.error),
    step: textOf(task),
    object: `'cluster ' & ${cluster}`,
    reason: `${textOf(`${what}: `)} & $substring($${poll.Of}Observation.reason, 0, ${reasonLength})`,
    action: textOf(notReady.action),
  })
  return `$string(${failure})`
}

function notReadyOf({ task, notReady }: Polled): NotReady {
  if (notReady) return notReady
  throw new Error(`${task} is polled: its description needs notReady`)
}

/** A string literal of JSONata, which uses the escapes of JSON. */
function textOf(text: string): string {
  return JSON.stringify(text)
}

/**
 * JSONata for the seconds of the next wait. No wait exceeds `MaxSeconds` or the deadline.
 *
 * Until waits take 15 seconds, each is 1.5 times as long as the previous one. Except for the first
 * waits, the step notices within about a third of the total time that an object is ready. After that, each wait is one percent longer: the step
 * notices an object that is ready after ten minutes within 21 seconds, and twelve hours of waits fit into the 25,000
 * events of an execution.
 */
function secondsOf({ Of, Wait }: Repeated): string {
  if ('Seconds' in Wait) return Wait.Seconds
  const earlier = `$${Of}Polls - 1`
  const longer = `$floor(${Wait.FirstSeconds} * $power(1.5, $min([${earlier}, 9])))`
  const slower = `$floor(15 * $power(1.01, ${earlier}))`
  const remaining = `$ceil(($${Of}Deadline - ${now}) / 1000)`
  return `$max([1, $min([${Wait.MaxSeconds}, ${longer}, ${slower}, ${remaining}])])`
}

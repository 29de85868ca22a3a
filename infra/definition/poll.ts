/** The states that call a step again until it is ready. */
import { type AslStates, expression } from './asl.ts'
import type { Poll, Template } from './source.ts'

const now = '$toMillis($states.context.State.EnteredTime)'

/** The variables that a polled task assigns: its newest answer, and the number of its answers. */
export function withPollVariables({ Of }: Poll, assign: Template = {}): Template {
  return {
    [`${Of}Observation`]: '{% $states.result.Payload %}',
    [`${Of}Polls`]: expression(`$${Of}Polls + 1`),
    ...assign,
  }
}

/** The Choice after the task, and the Wait before the task's next call. */
export function pollStates(poll: Poll, { task, next }: { task: string; next: string | undefined }): AslStates {
  const { Of, Choice, Ready, Wait, Late } = poll
  const late = typeof Late === 'string' ? { Next: Late } : Late
  return {
    [Choice]: {
      Type: 'Choice',
      Choices: [
        { Condition: expression(`$${Of}Observation.ready`), ...Ready, Next: next },
        { Condition: expression(`${now} >= $${Of}Deadline`), ...late },
      ],
      Default: Wait.State,
    },
    [Wait.State]: {
      Type: 'Wait',
      ...(Wait.Comment !== undefined && { Comment: Wait.Comment }),
      Seconds: expression(secondsOf(poll)),
      Next: task,
    },
  }
}

/** JSONata for the seconds of the next wait. Each wait is twice as long as the last, up to a limit and the deadline. */
function secondsOf({ Of, Wait }: Poll): string {
  if ('Seconds' in Wait) return Wait.Seconds
  const doubled = `${Wait.FirstSeconds} * $power(2, $min([$${Of}Polls - 1, 6]))`
  const remaining = `$ceil(($${Of}Deadline - ${now}) / 1000)`
  return `$max([1, $min([${Wait.MaxSeconds}, ${doubled}, ${remaining}])])`
}

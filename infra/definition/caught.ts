/** The failure of a state that a workflow goes on past, in the form of lambdas/workflows/caught-state.ts. */
import { mapExpressions, objectExpression } from './asl.ts'
import type { Template } from './source.ts'

interface CaughtParts {
  /** JSONata for the step's item. */
  readonly item: string | undefined
  readonly state: string
  readonly error: string
  readonly cause: string
}

/** The failure of a poll, whose error is `$notReady`. `task` is the name of the step. */
export function caughtByPoll(task: string, item: string | undefined): string {
  return caughtExpression({ state: `'${task}'`, item, error: '$notReady.Error', cause: '$notReady.Cause' })
}

/** The failure in a Catch. `causeLength` is JSONata for the kept characters of the cause. */
export function caughtByCatch(item: string | undefined, causeLength: string): string {
  return caughtExpression({
    state: '$states.context.State.Name',
    item,
    error: '$states.errorOutput.Error',
    cause: `$substring('' & $states.errorOutput.Cause, 0, ${causeLength})`,
  })
}

/** Lets expressions of an Assign use the failure as `$caught`. Other values stay as they are. */
export function withCaught(assign: Template, caught: string): Template {
  return mapExpressions(assign, (jsonata) => jsonata.replaceAll(/\$caught\b/g, () => caught))
}

function caughtExpression({ state, item, error, cause }: CaughtParts): string {
  return objectExpression({ state, ...(item !== undefined && { item }), error, cause })
}

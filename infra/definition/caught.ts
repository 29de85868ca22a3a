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

/** The failure in a Catch. `length` is JSONata for the kept characters of the cause. */
export function caughtByCatch(item: string | undefined, length: string): string {
  return caughtExpression({
    state: '$states.context.State.Name',
    item,
    error: '$states.errorOutput.Error',
    cause: `$substring('' & $states.errorOutput.Cause, 0, ${length})`,
  })
}

/** JSONata for the place of an item in its Map. */
export const itemIndex = '$states.context.Map.Item.Index'

/**
 * JSONata for the kept characters of a cause. Nearly every step with an item is in a Map, where two steps of each of 400 workloads may
 * fail, and all of that has to fit into a state's limit of 256 KiB. The record of a step has the cause, unless its function was killed.
 *
 * @param most of one step, and of the first items of a Map
 */
export function causeLength(item: string | undefined, most: number): string {
  // Outside of a Map there is no index, and each comparison gives nothing, as false.
  return item === undefined ? String(most) : `(${itemIndex} >= 40 ? 0 : ${itemIndex} >= 5 ? 200 : ${most})`
}

/** Lets expressions of an Assign use the failure as `$caught`. Other values stay as they are. */
export function withCaught(assign: Template, caught: string): Template {
  return mapExpressions(assign, (jsonata) => jsonata.replaceAll(/\$caught\b/g, () => caught))
}

function caughtExpression({ state, item, error, cause }: CaughtParts): string {
  return objectExpression({ state, ...(item !== undefined && { item }), error, cause })
}

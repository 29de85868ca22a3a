/** The failure of a state after which a workflow continues, in the form of lambdas/workflows/caught-state.ts. */
import { mapExpressions, objectExpression } from './asl.ts'
import type { Template } from './source.ts'

interface CaughtParts {
  /** JSONata for the step's item. */
  readonly item: string | undefined
  readonly state: string
  readonly error: string
  readonly cause: string
}

/** The failure of a poll. `$notReady` holds the error. `task` is the name of the step. */
export function caughtByPoll(task: string, item: string | undefined): string {
  return caughtExpression({ state: `'${task}'`, item, error: '$notReady.Error', cause: '$notReady.Cause' })
}

/** The failure in a Catch. `length` is JSONata for the number of characters of the cause to store. */
export function caughtByCatch(item: string | undefined, length: string): string {
  return caughtExpression({
    state: '$states.context.State.Name',
    item,
    error: '$states.errorOutput.Error',
    cause: `$substring('' & $states.errorOutput.Cause, 0, ${length})`,
  })
}

/** JSONata for the index of an item in its Map. */
export const itemIndex = '$states.context.Map.Item.Index'

/**
 * JSONata for the number of characters of a cause to store. Nearly every step with an item is in a Map. There, 400
 * workloads may each fail in two steps, and all failures must fit into a state's 256 KiB. So the first items of a Map
 * store more of their causes than later items. The record of each step has its cause, unless the function was killed.
 *
 * @param most the number for a step without an item, and for the first items of a Map
 */
export function causeLength(item: string | undefined, most: number): string {
  // Outside a Map the index does not exist, and each comparison yields nothing, which counts as false.
  return item === undefined ? String(most) : `(${itemIndex} >= 40 ? 0 : ${itemIndex} >= 5 ? 200 : ${most})`
}

/** Replaces `$caught` in the expressions of an Assign with the failure. Other values stay unchanged. */
export function withCaught(assign: Template, caught: string): Template {
  return mapExpressions(assign, (jsonata) => jsonata.replaceAll(/\$caught\b/g, () => caught))
}

function caughtExpression({ state, item, error, cause }: CaughtParts): string {
  return objectExpression({ state, ...(item !== undefined && { item }), error, cause })
}

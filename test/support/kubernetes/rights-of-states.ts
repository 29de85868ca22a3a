import { steps } from '../../../infra/steps.ts'
import { type Right, rightsOf } from '../../../lambdas/rights/rights.ts'

/** The rights of the steps of these states of any workflow. */
export function rightsOfStates(states: readonly string[]): readonly Right[] {
  return rightsOf(
    states.flatMap((state) => {
      const description = steps.get(state)?.description
      return description?.client === 'kubernetes' ? [description] : []
    }),
  )
}

import type { StepDescription } from './description.ts'

/** As which of the two member roles a step acts in another account. */
export type IamAccess = 'reader' | 'writer'

/** `writer` when an action of the step in IAM changes something. */
export function iamAccessOf({ aws = [] }: Pick<StepDescription, 'aws'>): IamAccess {
  const actions = aws.flatMap(({ actions }) => actions).filter((action) => action.startsWith('iam:'))
  return actions.every((action) => /^iam:(Get|List)/.test(action)) ? 'reader' : 'writer'
}

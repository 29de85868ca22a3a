import type { StepDescription } from './description.ts'

/** The member role that a step assumes in another account. */
export type IamAccess = 'reader' | 'writer'

/** `writer` when an IAM action of the step changes something. */
export function iamAccessOf({ aws = [] }: Pick<StepDescription, 'aws'>): IamAccess {
  const actions = aws.flatMap(({ actions }) => actions).filter((action) => action.startsWith('iam:'))
  return actions.every((action) => /^iam:(Get|List)/.test(action)) ? 'reader' : 'writer'
}

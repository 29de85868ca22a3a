import { againOnChange } from '../../errors/again-on-change.ts'

/**
 * Does it, and once more when somebody else wrote in between: IAM answers EntityAlreadyExists after an empty read and
 * NoSuchEntity after a create, and reading again is the cure for both. A second ConcurrentChange goes to the caller.
 */
export function readingAgain<Result>(readAndWrite: () => Promise<Result>): Promise<Result> {
  return againOnChange(2, readAndWrite)
}

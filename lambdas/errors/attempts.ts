/**
 * As Promise.all, but it fails only when none of the others is under way any more: a Lambda function that has answered is
 * frozen in the middle of what it still does, and goes on with it in its next call. For writes that are made at the same time.
 */
export async function allDone<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

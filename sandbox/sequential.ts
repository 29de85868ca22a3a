/** Returns a function that runs the given actions one after the other, also after one has failed. */
export function sequential(): <Result>(act: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const acting = last.then(act)
    last = acting.catch(() => undefined)
    return acting
  }
}

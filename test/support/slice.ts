/**
 * One slice of a list: every n-th item.
 *
 * @param text such as `3/20`, the third of twenty slices. Undefined for all items.
 * @throws {RangeError} when the text is not a slice
 */
export function sliceOf<Any>(all: readonly Any[], text: string | undefined): Any[] {
  const [, at = '1', of = '1'] = /^(\d+)\/(\d+)$/.exec(text ?? '1/1') ?? []
  if (Number(at) < 1 || Number(at) > Number(of)) throw new RangeError(`${text} is no slice: 3/20 is one`)
  return all.filter((_, index) => index % Number(of) === Number(at) - 1)
}

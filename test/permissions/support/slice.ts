import { sliceOf } from '../../support/slice.ts'

/** The slice that `PERMISSIONS_SLICE` names, such as `2/3`, with at least one item. Default: all. In CI the commit selects the slice. */
export function inSlice<Any>(all: readonly Any[]): Any[] {
  const slice = sliceOf(all, process.env.PERMISSIONS_SLICE)
  return slice.length > 0 ? slice : all.slice(0, 1)
}

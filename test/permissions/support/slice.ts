import { sliceOf } from '../../support/slice.ts'

/** All; or with `PERMISSIONS_SLICE=2/3` every third from the second on, and one at least. CI draws the slice by the commit. */
export function inSlice<Any>(all: readonly Any[]): Any[] {
  const slice = sliceOf(all, process.env.PERMISSIONS_SLICE)
  return slice.length > 0 ? slice : all.slice(0, 1)
}

import { WrongUse } from '../errors.ts'

/** The default limit of running operations per caller. */
const widest = 20

/**
 * The number of clusters that `--parallel` allows at a time.
 *
 * @throws {WrongUse} when the text is not a number in the range
 */
export function widthOf(text: string): number {
  const width = Number(text)
  if (/^\d+$/.test(text) && width >= 1 && width <= widest) return width
  throw new WrongUse(`--parallel takes a number from 1 to ${widest}, and this is "${text}".`)
}

import { WrongUse } from '../errors.ts'

/** As many operations as one caller may have running, where a deployment does not say otherwise. */
const widest = 20

/**
 * How many clusters `--parallel` allows at a time.
 *
 * @throws {WrongUse} when it is no such number
 */
export function widthOf(text: string): number {
  const width = Number(text)
  if (/^\d+$/.test(text) && width >= 1 && width <= widest) return width
  throw new WrongUse(`--parallel takes a number from 1 to ${widest}, and this is "${text}".`)
}

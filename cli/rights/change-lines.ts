import { fieldLine, valueLine } from '../view/difference-lines.ts'
import type { Line } from '../view/line.ts'
import { styled } from '../view/terminal-text.ts'
import type { ObjectChange } from './changes.ts'

/** A line for each object that is made or changed, with what differs; and one for all others together. */
export function changeLines(changes: readonly ObjectChange[]): Line[] {
  const isUnchanged = ({ action }: ObjectChange) => action === 'unchanged'
  const unchanged = changes.filter(isUnchanged).length
  return [
    ...changes.filter((change) => !isUnchanged(change)).flatMap(linesOf),
    ...(unchanged === 0 ? [] : [{ text: styled('dim', `  unchanged  ${objectsOf(unchanged)}`), hang: 13 }]),
  ]
}

export function objectsOf(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`
}

function linesOf({ object, action, differences }: ObjectChange): Line[] {
  const colour = action === 'created' ? 'green' : 'yellow'
  return [
    { text: `  ${styled(colour, action.padEnd(9))}  ${object}`, hang: 13 },
    ...differences.flatMap(({ field, observed, desired }) => [
      fieldLine(field),
      ...observed.map((text) => valueLine('red', '-', text)),
      ...desired.map((text) => valueLine('green', '+', text)),
    ]),
  ]
}

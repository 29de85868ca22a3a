import { fieldLine, valueLine } from '../view/difference-lines.ts'
import type { Line } from '../view/line.ts'
import { styled } from '../view/terminal-text.ts'
import type { ObjectChange } from './changes.ts'

/** The objects that an apply would create or change, with their differences, and the number of unchanged objects. */
export function changeLines(changes: readonly ObjectChange[]): Line[] {
  const isUnchanged = ({ action }: ObjectChange) => action === 'unchanged'
  const unchanged = changes.filter(isUnchanged).length
  return [
    ...changes.filter((change) => !isUnchanged(change)).flatMap(linesOf),
    ...(unchanged === 0 ? [] : [{ text: styled('dim', `  unchanged     ${objectsOf(unchanged)}`), hang: 16 }]),
  ]
}

export function objectsOf(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`
}

function linesOf({ object, action, differences }: ObjectChange): Line[] {
  const would = action === 'created' ? styled('green', 'would create') : styled('yellow', 'would change')
  return [
    { text: `  ${would}  ${object}`, hang: 16 },
    ...differences.flatMap(({ field, observed, desired }) => [
      fieldLine(field),
      ...observed.map((text) => valueLine('red', '-', text)),
      ...desired.map((text) => valueLine('green', '+', text)),
    ]),
  ]
}

import type { Line } from '../view/line.ts'
import { styled } from '../view/terminal-text.ts'
import type { Finding } from './finding.ts'

const marks = { ok: ['green', '✔'], problem: ['red', '✖'], unknown: ['yellow', '?'] } as const

/** The length of the longest check name. */
const width = 'DiscoveryPublished'.length
const hang = width + 6

/** One line for the finding, and one for what to do. */
export function findingLines({ check, state, found, toDo }: Finding): Line[] {
  const [colour, mark] = marks[state]
  return [
    { text: `  ${styled(colour, mark)} ${check.padEnd(width)}  ${found}`, hang },
    ...(toDo === undefined ? [] : [{ text: `${' '.repeat(hang)}${toDo}`, hang }]),
  ]
}

/** The outcomes of the requests of one `wid apply`. */
import type { Applied } from '../documents.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import type { Line } from './line.ts'
import { table } from './table.ts'
import { styled } from './terminal-text.ts'

const words: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'done',
  [exitCodes.failed]: 'failed',
  [exitCodes.wrongUse]: 'wrong',
  [exitCodes.refused]: 'refused',
  [exitCodes.drift]: 'differs',
  [exitCodes.stale]: 'stale',
  [exitCodes.timedOut]: 'continues',
  [exitCodes.interrupted]: 'continues',
  [exitCodes.outputClosed]: 'continues',
}

/** A line with the number of done requests, and a table. */
export function summaryLines(applied: readonly Applied[]): Line[] {
  const done = applied.filter(({ code }) => code === exitCodes.done).length
  const rows = applied.map(({ file, cluster, code, isStarted, seconds }) => {
    return isStarted ? [cluster, words[code], `${seconds.toFixed(1)} s`, file] : [cluster, 'not started', '', file]
  })
  return [
    { text: '', hang: 0 },
    { text: styled('bold', `${done} of ${applied.length} requests are done`), hang: 2 },
    ...table(['CLUSTER', 'OUTCOME', 'TOOK', 'FILE'], rows).map((row) => ({ text: `  ${row}`, hang: 4 })),
  ]
}

/** The exit code that all unsuccessful requests have in common, or else the code of a general failure. */
export function codeOfAll(codes: readonly ExitCode[]): ExitCode {
  const [first = exitCodes.done, ...others] = new Set(codes.filter((code) => code !== exitCodes.done))
  return others.length === 0 ? first : exitCodes.failed
}

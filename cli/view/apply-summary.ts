/** What came of the requests of one `wid apply`. */
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import type { Line } from './line.ts'
import { styled } from './terminal-text.ts'

export interface Applied {
  readonly file: string
  readonly cluster: string
  /** As a command ends that has this request alone. */
  readonly code: ExitCode
}

const words: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'done',
  [exitCodes.failed]: 'failed',
  [exitCodes.wrongUse]: 'wrong',
  [exitCodes.refused]: 'refused',
  [exitCodes.drift]: 'differs',
  [exitCodes.timedOut]: 'goes on',
  [exitCodes.interrupted]: 'goes on',
  [exitCodes.outputClosed]: 'goes on',
}

/** A line with their number, and one for each request. */
export function summaryLines(applied: readonly Applied[]): Line[] {
  const done = applied.filter(({ code }) => code === exitCodes.done).length
  return [
    { text: '', hang: 0 },
    { text: styled('bold', `${done} of ${applied.length} requests are done`), hang: 2 },
    ...applied.map(({ file, cluster, code }) => {
      const colour = code === exitCodes.done ? 'green' : 'red'
      return { text: `  ${styled(colour, words[code].padEnd(7))}  ${cluster}  ${styled('dim', file)}`, hang: 11 }
    }),
  ]
}

/** That of those that are not done, where they agree. */
export function codeOfAll(codes: readonly ExitCode[]): ExitCode {
  const [first = exitCodes.done, ...others] = new Set(codes.filter((code) => code !== exitCodes.done))
  return others.length === 0 ? first : exitCodes.failed
}

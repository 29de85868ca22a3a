import { stripVTControlCharacters } from 'node:util'
import { styledLine } from './terminal-text.ts'

/** A line for a terminal of unknown width. */
export interface Line {
  /** With colours of `styled`. Begins with its indentation. */
  readonly text: string
  /** The column at which wrapped text continues. */
  readonly hang: number
  /** A line for copying, which is never wrapped. */
  readonly isWhole?: true
}

/** A named value. */
export function field(name: string, value: string): Line {
  return { text: `  ${name.padEnd(9 + name.length - widthOf(name))} ${value}`, hang: 12 }
}

/** The line, wrapped between words to the terminal's width. A longer word stays unbroken. */
export function wrapped(line: Line, columns: number): string {
  const text = styledLine(line.text)
  return line.isWhole ? text : brokenAt(columns, { ...line, text })
}

function brokenAt(columns: number, { text, hang }: Line): string {
  const lines = [/^ */.exec(text)?.[0] ?? '']
  for (const word of text.trimStart().split(/(?<= )/)) {
    const line = lines.at(-1) ?? ''
    const isAtStart = stripVTControlCharacters(line).length <= hang
    if (isAtStart || widthOf(line + word) <= columns) lines.splice(-1, 1, line + word)
    else lines.push(' '.repeat(hang) + word)
  }
  return lines.map((line) => line.trimEnd()).join('\n')
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).trimEnd().length
}

/** The terminal's width. Other outputs use COLUMNS, and do not wrap without it. */
export function columnsOf(stream: { readonly columns?: number }, environment: NodeJS.ProcessEnv): number {
  return stream.columns || Number(environment.COLUMNS) || Number.POSITIVE_INFINITY
}

import { stripVTControlCharacters } from 'node:util'
import { styledLine } from './terminal-text.ts'

/** A line for the terminal, before it is known how wide that is. */
export interface Line {
  /** With colours of `styled`; starts with its indentation. */
  readonly text: string
  /** Where what does not fit goes on, in columns from the left. */
  readonly hang: number
  /** A line to copy: it is never broken. */
  readonly isWhole?: true
}

/** A named value: what came of something. */
export function field(name: string, value: string): Line {
  return { text: `  ${name.padEnd(9 + name.length - widthOf(name))} ${value}`, hang: 12 }
}

/**
 * The line as a terminal is given it: broken between words so that none of its parts is wider than the terminal; a longer
 * word stays whole.
 */
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

/** The terminal's width; COLUMNS for what is no terminal, which else gets every line whole. */
export function columnsOf(stream: { readonly columns?: number }, environment: NodeJS.ProcessEnv): number {
  return stream.columns || Number(environment.COLUMNS) || Number.POSITIVE_INFINITY
}

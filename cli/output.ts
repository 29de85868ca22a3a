import type { Document } from './documents.ts'
import { columnsOf, type Line, wrapped } from './view/line.ts'
import { plainJson, plainLine, plainText } from './view/terminal-text.ts'

/** The output of a command: lines for people, or one JSON document per line (https://github.com/ndjson/ndjson-spec). */
export interface Output {
  readonly isJson: boolean
  /** Whether a part of the screen can be redrawn. */
  readonly isLive: boolean
  readonly print: (lines: readonly Line[]) => void
  /** Writes a line for copying, without wrapping. */
  readonly write: (line: string) => void
  /** Writes a text of several lines, such as a manifest. */
  readonly text: (text: string) => void
  readonly json: (document: Document) => void
}

/** An output for one of several parallel writers. Each line begins with the name. */
export function namedOutput(output: Output, name: string): Output {
  const before = `${name}  `
  return {
    ...output,
    isLive: false,
    print: (lines) =>
      output.print(lines.map((line) => ({ ...line, text: `${before}${line.text}`, hang: before.length + line.hang }))),
    write: (line) => output.write(`${before}${line}`),
    text: (text) => output.text(text.replaceAll(/^/gm, before)),
  }
}

const nothing = () => {}

/** Discards everything, for results that are shown in another way. */
export const silentOutput: Output = {
  isJson: false,
  isLive: false,
  print: nothing,
  write: nothing,
  text: nothing,
  json: nothing,
}

type Stream = Pick<NodeJS.WriteStream, 'columns' | 'isTTY'> & { readonly write: (text: string) => unknown }

export function outputTo(stream: Stream, isJson: boolean, environment: NodeJS.ProcessEnv): Output {
  const write = (text: string) => void stream.write(`${text}\n`)
  return {
    isJson,
    // `script` and `docker run -t` give terminals of 0 columns.
    isLive: !isJson && stream.isTTY && stream.columns > 0 && environment.TERM !== 'dumb',
    print: (lines) => {
      for (const line of lines) write(wrapped(line, columnsOf(stream, environment)))
    },
    write: (line) => write(plainLine(line)),
    text: (text) => write(plainText(text)),
    json: (document) => write(plainJson(document)),
  }
}

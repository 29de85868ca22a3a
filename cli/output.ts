import { columnsOf, type Line, wrapped } from './view/line.ts'
import { plainJson, plainLine, plainText } from './view/terminal-text.ts'

/** Where a command writes. People read lines; programs read one JSON document a line (https://github.com/ndjson/ndjson-spec). */
export interface Output {
  readonly isJson: boolean
  /** Whether a part of the screen can be drawn again and again. */
  readonly isLive: boolean
  readonly print: (lines: readonly Line[]) => void
  /** A line that is there to be copied: it is not wrapped. */
  readonly write: (line: string) => void
  /** A text of several lines, such as a manifest. */
  readonly text: (text: string) => void
  readonly json: (document: object) => void
}

/** What of a stream is used. */
type Stream = Pick<NodeJS.WriteStream, 'columns' | 'isTTY'> & { readonly write: (text: string) => unknown }

export function outputTo(stream: Stream, isJson: boolean, environment: NodeJS.ProcessEnv): Output {
  const write = (text: string) => void stream.write(`${text}\n`)
  return {
    isJson,
    isLive: !isJson && stream.isTTY && environment.TERM !== 'dumb',
    print: (lines) => {
      for (const line of lines) write(wrapped(line, columnsOf(stream, environment)))
    },
    write: (line) => write(plainLine(line)),
    text: (text) => write(plainText(text)),
    json: (document) => write(plainJson(document)),
  }
}

import { columnsOf, type Line, wrapped } from './view/line.ts'

/** Where a command writes. People read lines; programs read one JSON document a line (https://github.com/ndjson/ndjson-spec). */
export interface Output {
  readonly isJson: boolean
  /** Whether a part of the screen can be drawn again and again. */
  readonly isLive: boolean
  readonly print: (lines: readonly Line[]) => void
  /** A line that is there to be copied: it is not wrapped. */
  readonly write: (text: string) => void
  readonly json: (document: object) => void
}

export function outputTo(stream: NodeJS.WriteStream, isJson: boolean, environment: NodeJS.ProcessEnv): Output {
  const write = (text: string) => void stream.write(`${text}\n`)
  return {
    isJson,
    isLive: !isJson && stream.isTTY && environment.TERM !== 'dumb',
    print: (lines) => {
      for (const line of lines) write(wrapped(line, columnsOf(stream, environment)))
    },
    write,
    json: (document) => write(JSON.stringify(document)),
  }
}

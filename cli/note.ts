import { plainText } from './view/terminal-text.ts'

/** Writes to a person beside the output of the command, to standard error. */
export function note(text: string): void {
  process.stderr.write(`${plainText(text)}\n`)
}

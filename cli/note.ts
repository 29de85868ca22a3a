import { plainJson, plainText } from './view/terminal-text.ts'

/** Writes to a person beside the output of the command, to standard error. */
export function note(text: string): void {
  process.stderr.write(`${plainText(text)}\n`)
}

/** The same for a program. */
export function noteJson(document: object): void {
  process.stderr.write(`${plainJson(document)}\n`)
}

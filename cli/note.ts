import type { Document } from './documents.ts'
import { plainJson, plainText } from './view/terminal-text.ts'

/** Writes a message for a person to standard error. */
export function note(text: string): void {
  process.stderr.write(`${plainText(text)}\n`)
}

/** Writes a warning to standard error, for a person or for a program. */
export function warn(message: string, isJson: boolean): void {
  if (isJson) noteJson({ type: 'warning', message })
  else note(message)
}

/** Writes a message for a program to standard error. */
export function noteJson(document: Document): void {
  process.stderr.write(`${plainJson(document)}\n`)
}

import { stripVTControlCharacters } from 'node:util'

/** The text of lines without colours. */
export function said(lines: readonly { readonly text: string }[]): string[] {
  return lines.map(({ text }) => stripVTControlCharacters(text).trimEnd())
}

import { stripVTControlCharacters } from 'node:util'

/** Lines as they are read, without colours. */
export function said(lines: readonly { readonly text: string }[]): string[] {
  return lines.map(({ text }) => stripVTControlCharacters(text).trimEnd())
}

/** Text for a terminal. Terminals obey control characters, so text from a server must not contain any. */
import { randomInt } from 'node:crypto'
import { styleText } from 'node:util'

/**
 * Control characters, line separators, surrogate halves, and format characters, which can hide or reorder text.
 * lambdas/api/operations/operation-text.ts has the same set, because the command and the API share no code.
 */
const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Random numbers, unknown to servers, distinguish the colours of `styled` from colours in a server's text. */
const secret = Array.from({ length: 4 }, () => `;${randomInt(1_000, 10_000)}`).join('')

const obeyedOrStyle = new RegExp(`${String.raw`\u001b\[(?<code>\d+)`}${secret}m|${obeyed.source}`, 'gu')

/** The text in a colour or weight, only for a `Line`. Unchanged if the terminal shows no colours. */
export function styled(format: Parameters<typeof styleText>[0], text: string): string {
  const [before = '', after = ''] = styleText(format, '\n').split('\n')
  return `${kept(before)}${text}${kept(after)}`
}

function kept(sequence: string): string {
  return sequence.replaceAll('m', `${secret}m`)
}

/** The text of a `Line` with the colours of `styled`. Other control characters become spaces of the same width. */
export function styledLine(text: string): string {
  return text.replaceAll(obeyedOrStyle, (found, code?: string) =>
    code === undefined ? ' '.repeat(found.length) : `\u001b[${code}m`,
  )
}

/** One line, with spaces instead of control characters. */
export function plainLine(text: string): string {
  return text.replaceAll(obeyed, (found) => ' '.repeat(found.length))
}

/** The lines, each without control characters. */
export function plainLines(lines: string | readonly string[]): string {
  return [lines].flat().map(plainLine).join('\n')
}

/** A text with several lines, such as a manifest. */
export function plainText(text: string): string {
  return plainLines(text.split('\n'))
}

/** A JSON document on one line. It escapes control characters, because programs need the server's original text. */
export function plainJson(document: object): string {
  return JSON.stringify(document).replaceAll(obeyed, escaped)
}

function escaped(found: string): string {
  return found
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

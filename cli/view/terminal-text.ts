/** What a terminal is given. It obeys control characters, and what a server has sent must not give it orders. */
import { randomInt } from 'node:crypto'
import { styleText } from 'node:util'

/**
 * Control characters and line ends; format characters, by which text is hidden or shown in another order; halves of surrogate
 * pairs. lambdas/api/operations/operation-text.ts has the same, because the command and the API share no code.
 */
const obeyed = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Numbers that a server cannot know: by them a colour of `styled` differs from one in a server's text. */
const secret = Array.from({ length: 4 }, () => `;${randomInt(1_000, 10_000)}`).join('')

const obeyedOrStyle = new RegExp(`${String.raw`\u001b\[(?<code>\d+)`}${secret}m|${obeyed.source}`, 'gu')

/** The text in a colour or weight, for a `Line` only. Nothing is added where the terminal shows no colours. */
export function styled(format: Parameters<typeof styleText>[0], text: string): string {
  const [before = '', after = ''] = styleText(format, '\n').split('\n')
  return `${kept(before)}${text}${kept(after)}`
}

function kept(sequence: string): string {
  return sequence.replaceAll('m', `${secret}m`)
}

/** The text of a `Line` with the colours of `styled`. Every other character that a terminal obeys is a space, as wide as it was. */
export function styledLine(text: string): string {
  return text.replaceAll(obeyedOrStyle, (found, code?: string) =>
    code === undefined ? ' '.repeat(found.length) : `\u001b[${code}m`,
  )
}

/** One line, in which every character that a terminal obeys is a space. */
export function plainLine(text: string): string {
  return text.replaceAll(obeyed, (found) => ' '.repeat(found.length))
}

/** Each of them on one line. */
export function plainLines(lines: string | readonly string[]): string {
  return [lines].flat().map(plainLine).join('\n')
}

/** A text that has lines of its own, such as a manifest. */
export function plainText(text: string): string {
  return plainLines(text.split('\n'))
}

/** A JSON document on one line. The characters are escaped in it: a program reads what the server has sent. */
export function plainJson(document: object): string {
  return JSON.stringify(document).replaceAll(obeyed, escaped)
}

function escaped(found: string): string {
  return found
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

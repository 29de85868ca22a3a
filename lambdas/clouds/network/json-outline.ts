/** The structure of a JSON text. It is found without parsing, which may take hundreds of times as much memory. */
export interface JsonOutline {
  /** The number of lists and objects. */
  readonly containers: number
  /** The nesting depth of lists and objects. */
  readonly depth: number
  /** Whether the text is blank, or a list or an object that does not end. */
  readonly isCut: boolean
}

const quote = 0x22
const opening = [0x5b, 0x7b]
const closing = [0x5d, 0x7d]

/** Returns the outline of any text, in one pass. In a text that is no JSON, it also counts brackets. */
export function outlineOf(text: string): JsonOutline {
  let containers = 0
  let depth = 0
  let open = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfText(text, at + 1)
    else if (opening.includes(code)) {
      containers += 1
      open += 1
      depth = Math.max(depth, open)
    } else if (closing.includes(code)) open -= 1
  }
  return { containers, depth, isCut: /^\s*$/.test(text) || (open > 0 && /^\s*[[{]/.test(text)) }
}

/** Returns the index of a JSON string's closing quote, or the length of the text if there is no closing quote. */
function endOfText(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}

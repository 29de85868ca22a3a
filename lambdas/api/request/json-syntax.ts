/**
 * The position where a text stops being JSON, such as `line 3, column 12`. If the text resembles YAML, the message
 * advises to convert it. The message repeats no part of the text.
 */
export function syntaxProblem(text: string): string {
  const problem = `it is not JSON from ${positionOf(text, firstMistake(text))} on`
  return looksLikeYaml(text) ? `${problem}. It looks like YAML: convert it, for example with yq -o=json` : problem
}

/**
 * The offset of the first character that makes the text invalid JSON. A binary search works, because every prefix of a
 * valid prefix is valid. JSON.parse reports an offset for some mistakes only.
 */
function firstMistake(text: string): number {
  let [good, bad] = [0, text.length + 1]
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (canGoOn(text.slice(0, middle))) good = middle
    else bad = middle
  }
  return good
}

/** Whether JSON can begin with this text: JSON.parse accepts it, or reports an unexpected end. */
function canGoOn(prefix: string): boolean {
  try {
    JSON.parse(prefix)
    return true
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const offset = /at position (\d+)/.exec(message)?.[1]
    return message === 'Unexpected end of JSON input' || Number(offset) === prefix.length
  }
}

function positionOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n')
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

/** Whether the first line that is no comment begins a YAML document, mapping entry or list item. */
function looksLikeYaml(text: string): boolean {
  const [first = ''] = text.split('\n').filter((line) => !/^\s*(#.*)?$/.test(line))
  return /^(---|- |[\w.-]+:(\s|$))/.test(first)
}

import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser'

/**
 * Where a text is not JSON, and why: `line 3, column 12: comma expected`. A text that looks like YAML gets the advice to
 * convert it. The message repeats nothing of the text.
 */
export function syntaxProblem(text: string): string {
  const errors: ParseError[] = []
  parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false })
  const [first] = errors
  if (!first) return 'it is not JSON'
  const problem = `${placeOf(text, first.offset)}: ${inWords(printParseErrorCode(first.error))}`
  return looksLikeYaml(text) ? `${problem}. It looks like YAML: convert it, for example with yq -o=json` : problem
}

function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n')
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

/** `comma expected`, for `CommaExpected`. */
function inWords(code: string): string {
  return code.replace(/(?<=.)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase()
}

/** The first line that is no comment begins a document, an entry or a list item of YAML. */
function looksLikeYaml(text: string): boolean {
  const [first = ''] = text.split('\n').filter((line) => !/^\s*(#.*)?$/.test(line))
  return /^(---|- |[\w.-]+:(\s|$))/.test(first)
}

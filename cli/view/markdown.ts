/**
 * Text of others in Markdown that GitHub and GitLab render: it is always code, in which there is no markup, no HTML, no link and
 * no mention of a person. https://spec.commonmark.org/0.31.2/#code-spans, https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
import { plainLine } from './terminal-text.ts'

/** On one line. */
export function codeSpan(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1)
  return `${fence} ${plainLine(text)} ${fence}`
}

/** @param language by which it is coloured */
export function codeBlock(lines: readonly string[], language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
  return [`${fence}${language}`, ...lines.map(plainLine), fence].join('\n')
}

/** Where Markdown is not read, as in a summary. */
export function codeInHtml(text: string): string {
  return `<code>${plainLine(text).replaceAll(/[&<>"'`]/g, (found) => `&#${found.charCodeAt(0)};`)}</code>`
}

/** How many backticks there are side by side, at most. */
function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}

/**
 * Untrusted text in Markdown for GitHub and GitLab. It is always code, which contains no markup, HTML, links or
 * mentions. https://spec.commonmark.org/0.31.2/#code-spans, https://spec.commonmark.org/0.31.2/#fenced-code-blocks
 */
import { plainLine } from './terminal-text.ts'

/** Code on one line. */
export function codeSpan(text: string): string {
  const fence = '`'.repeat(longestRun(text) + 1)
  return `${fence} ${plainLine(text)} ${fence}`
}

/** @param language for syntax highlighting */
export function codeBlock(lines: readonly string[], language = ''): string {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1))
  return [`${fence}${language}`, ...lines.map(plainLine), fence].join('\n')
}

/** For HTML without Markdown, such as a `<summary>`. */
export function codeInHtml(text: string): string {
  return `<code>${plainLine(text).replaceAll(/[&<>"'`]/g, (found) => `&#${found.charCodeAt(0)};`)}</code>`
}

/** The length of the longest run of backticks. */
function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}

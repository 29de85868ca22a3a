import { expect } from 'vitest'
import { type Edits, type Example, issuesOf } from './requests.ts'

/** Expects an example with these edits to have exactly one issue, at this path and with this message. */
export function expectIssue(edits: Edits, path: string, words: RegExp, example: Example = 'setup'): void {
  expect(issuesOf(example, edits)).toEqual([expect.objectContaining({ path, message: expect.stringMatching(words) })])
}

export function expectFine(edits: Edits, example: Example = 'setup'): void {
  expect(issuesOf(example, edits)).toEqual([])
}

/** Expects an example with this value to have exactly one issue, at its field and with this message. */
export function expectRefused(field: string, value: unknown, words: RegExp, example: Example = 'setup'): void {
  expectIssue({ [field]: value }, field.replaceAll(/\.(\d+)/g, '[$1]'), words, example)
}

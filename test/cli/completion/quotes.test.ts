/** Compares the quoting as text, because CI has neither zsh nor fish. test/shells runs them. */
import { expect, test } from 'vitest'
import { fishScript } from '../../../cli/completion/fish.ts'
import type { CompletionPoint } from '../../../cli/completion/points.ts'
import { zshScript } from '../../../cli/completion/zsh.ts'

const point: CompletionPoint = {
  path: '',
  commands: [{ name: 'a:b', description: "the cluster's \\ $(rm) name: all of it" }],
  options: [],
  values: [],
}

test('in a script for zsh a description is one word, and a colon in a name does not end the name', () => {
  expect(zshScript([point])).toContain(String.raw`found=('a\:b:the cluster'\''s \ $(rm) name: all of it')`)
})

test('in a script for fish a description is one word', () => {
  expect(fishScript([point])).toContain(String.raw`-d 'the cluster\'s \\ $(rm) name: all of it'`)
})

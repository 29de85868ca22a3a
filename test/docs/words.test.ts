import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pages, read, root } from './support.ts'

/** Words that readers from outside had to read twice, with what to write. */
const replacements: Readonly<Record<string, RegExp>> = {
  'wrong, foreign': /\bastray\b/i,
  'requested, queried': /\basked\b/i,
  permanently: /\bfor good\b/i,
  'in vain: without effect': /\bin vain\b/i,
  ingress: /\bdoors?\b/i,
  'fix, patch': /\bmend(s|ed|ing)?\b/i,
  pending: /\bowed\b/i,
  'another owner': /\bsomebody else\b/i,
  'reconcile, reconciler': /\bsweeps?\b/i,
  'tokens of other accounts or audiences': /\btokens of others\b/i,
  'reported, notified': /\btold\b/i,
  'what happens to': /\bbecomes of\b/i,
}

// Pages of bench/ contain titles of tests and mutated code.
const english = pages.filter((page) => !/^(docs\/ja|bench)\//.test(page))
const code = globSync('{agent,lambdas,infra,cli,client,portal/src,statemachine}/**/*.{ts,tsx,yaml}', {
  cwd: root,
  exclude: ['**/node_modules'],
})

test.each(english)('%s uses the common words', (page) => {
  expect(uncommon(page, read(page).split('\n'))).toEqual([])
})

test('comments of the product use the common words', () => {
  const comment = /^\s*(\/\/|\/\*|\*|# )/
  const comments = (file: string) =>
    read(file)
      .split('\n')
      .map((line) => (comment.test(line) ? line : ''))
  expect(code.flatMap((file) => uncommon(file, comments(file)))).toEqual([])
})

function uncommon(file: string, lines: readonly string[]): string[] {
  return lines.flatMap((line, index) =>
    Object.entries(replacements)
      .filter(([, word]) => word.test(line))
      .map(([instead]) => `${file}:${index + 1}: write "${instead}" in: ${line.trim()}`),
  )
}

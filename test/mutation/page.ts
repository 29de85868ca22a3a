import { table } from '../../bench/measure.ts'
import type { Mistake } from './mistake.ts'

/** `missed`: the tests have passed in spite of the mistake. */
export type Outcome = 'caught' | 'missed'

export interface Tried {
  readonly list: string
  readonly mistake: Mistake
  readonly outcome: Outcome
}

/** bench/MUTATION.md: the score of each list, and the mistakes that no test has noticed. */
export function page(tried: readonly Tried[]): string {
  const lists = [...new Set(tried.map(({ list }) => list))]
  const missed = tried.filter(({ outcome }) => outcome === 'missed')
  return `# Mistakes, and whether a test notices them

\`npm run test:mutation\` makes each mistake of test/mutation/mistakes/, and each mutant that Stryker makes of the rules, in a copy of the
tree, runs the tests that have to notice it, and writes this. [Testing](../docs/testing.md#mistakes-that-tests-have-to-notice) says what
the figures mean.

${table(
  ['list', 'caught', 'of', 'per cent'],
  lists.map((list) => scoreOf(list, tried)),
)}

## Not noticed

${missed.length === 0 ? 'None.' : missed.map(lineOf).join('\n')}
`
}

function scoreOf(list: string, tried: readonly Tried[]): string[] {
  const counted = tried.filter((one) => one.list === list && one.mistake.harmless === undefined)
  const caught = counted.filter(({ outcome }) => outcome === 'caught').length
  const percent = counted.length === 0 ? '' : String(Math.round((100 * caught) / counted.length))
  return [list, String(caught), String(counted.length), percent]
}

function lineOf({ list, mistake }: Tried): string {
  const { name, file, harmless } = mistake
  return `- ${list}: ${name} (${file})${harmless === undefined ? '' : `. Harmless: ${harmless}`}`
}

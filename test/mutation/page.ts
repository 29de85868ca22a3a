import { table } from '../../bench/support/measure.ts'
import { harmlessReason } from './judgements.ts'
import type { MissedMistake, Part } from './parts.ts'

/** The text of bench/MUTATION.md: the score of each list and of each part, and the missed mistakes. */
export function page(parts: readonly Part[]): string {
  const lists = Object.entries(Object.groupBy(parts, ({ list }) => list))
  const missed = parts.flatMap((part) => part.missed)
  return `# Mistakes, and whether a test notices them

\`npm run test:mutation\` makes each mistake of test/mutation/mistakes/, and each of Stryker's mutants of the rules and of the drawn files,
in a copy of the tree, runs the tests that must notice it, and writes this page. [Testing](../docs/testing.md#mistakes-that-tests-have-to-notice) explains the
figures.

${table(
  ['list', 'caught', 'of', 'per cent'],
  lists.map(([list, own = []]) => [list, ...scoreOf(own)]),
)}

## By part

${table(
  ['part', 'tried on', 'caught', 'of', 'per cent'],
  parts.map((part) => [part.name, part.triedOn, ...scoreOf([part])]),
)}

## Not noticed

${listed(missed.filter((one) => harmlessReason(one) === undefined))}

## Not noticed, and harmless

${listed(missed.filter((one) => harmlessReason(one) !== undefined))}
`
}

/** The number of caught mistakes, the number of all, and the percentage. Harmless mistakes do not count. */
function scoreOf(parts: readonly Part[]): string[] {
  const caught = parts.reduce((sum, part) => sum + part.caught, 0)
  const harmful = parts.flatMap(({ missed }) => missed).filter((one) => harmlessReason(one) === undefined)
  const all = caught + harmful.length
  return [String(caught), String(all), all === 0 ? '' : ((100 * caught) / all).toFixed(1)]
}

/** A line for each mistake, with the reason if it is harmless. */
export function listed(missed: readonly MissedMistake[]): string {
  return missed.length === 0 ? 'None.' : missed.map(lineOf).join('\n')
}

function lineOf(mistake: MissedMistake): string {
  const harmless = harmlessReason(mistake)
  return `- ${mistake.file}: ${mistake.name}${harmless === undefined ? '' : `. Harmless: ${harmless}`}`
}

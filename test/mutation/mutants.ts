import * as z from 'zod'
import type { Mistake } from './mistake.ts'
import type { Outcome, Tried } from './tried.ts'

const position = z.object({ line: z.number(), column: z.number() })

/** https://github.com/stryker-mutator/mutation-testing-elements/tree/master/packages/report-schema */
const report = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          replacement: z.string(),
          location: z.object({ start: position, end: position }),
          status: z.enum(['Killed', 'Survived', 'NoCoverage', 'Timeout', 'RuntimeError', 'CompileError', 'Ignored']),
        }),
      ),
    }),
  ),
})

type Mutant = z.infer<typeof report>['files'][string]['mutants'][number]

/** A mutant of Stryker, which replaces the text between two offsets of the file. */
export interface TriedMutant extends Tried {
  readonly from: number
  readonly to: number
  readonly replacement: string
  /** Whether its tests did not end in time. On a busy machine that shows nothing. */
  readonly isLate: boolean
}

const outcomes: Readonly<Record<Mutant['status'], Outcome | undefined>> = {
  Killed: 'caught',
  // The tests have not ended, as with an endless loop.
  Timeout: 'caught',
  RuntimeError: 'caught',
  CompileError: 'caught',
  Survived: 'missed',
  NoCoverage: 'missed',
  Ignored: undefined,
}

/**
 * The mutants in Stryker's JSON report, without ignored ones. A file that no test of the rules calls is not a rule: tests with
 * servers cover it. A drawn file that no test of its folder calls has its tests in other folders.
 */
export function mutantsIn(text: string): TriedMutant[] {
  return Object.entries(report.parse(JSON.parse(text)).files).flatMap(([file, { source, mutants }]) => {
    if (mutants.every(({ status }) => status === 'NoCoverage' || status === 'Ignored')) return []
    return mutants.flatMap((mutant) => {
      const outcome = outcomes[mutant.status]
      return outcome === undefined ? [] : [triedMutant(file, source, { ...mutant, outcome })]
    })
  })
}

/** `find` and `put` are the lines of the mutant, joined to one line. */
function triedMutant(file: string, source: string, mutant: Mutant & { outcome: Outcome }): TriedMutant {
  const { location, replacement, outcome, status } = mutant
  const from = offsetOf(source, location.start)
  const to = offsetOf(source, location.end)
  const before = source.slice(source.lastIndexOf('\n', from - 1) + 1, from)
  const end = source.indexOf('\n', to)
  const after = source.slice(to, end === -1 ? undefined : end)
  const find = onOneLine(before + source.slice(from, to) + after)
  const put = onOneLine(before + replacement + after)
  const name = `line ${location.start.line}, \`\`${find}\`\` becomes \`\`${put}\`\``
  const mistake: Mistake = { name, file, find, put, tests: [] }
  return { mistake, outcome, from, to, replacement, isLate: status === 'Timeout' }
}

/** Lines and columns begin with 1. */
function offsetOf(source: string, { line, column }: z.infer<typeof position>): number {
  const before = source.split('\n').slice(0, line - 1)
  return before.reduce((length, text) => length + text.length + 1, 0) + column - 1
}

/** Without the line breaks and the indentation of the code. */
export function onOneLine(code: string): string {
  return code.trim().replaceAll(/\s*\n\s*/g, ' ')
}

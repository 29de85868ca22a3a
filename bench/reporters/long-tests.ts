/** A Vitest reporter for `npm run test:full`. It updates bench/LONG.md with the files whose tests have all run. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'
import { inCell, table, textTable } from '../support/measure.ts'

const root = path.resolve(import.meta.dirname, '../..')
const results = path.resolve(import.meta.dirname, '../LONG.md')

const heads = {
  tests: ['file', 'passed', 'failed', 'minutes', 'day', 'load average after'],
  figures: ['file', 'test', 'what it measured'],
} as const

/** The rows of a table, with the file in the first cell. */
type Rows = readonly (readonly string[])[]
type Tables = Readonly<Record<keyof typeof heads, Rows>>

export default class LongTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const complete = modules.filter(isComplete)
    const before = existsSync(results) ? tablesOf(readFileSync(results, 'utf8')) : { tests: [], figures: [] }
    const now = { tests: complete.map(testsOf), figures: complete.flatMap(figuresOf) }
    const exists = (file: string) => existsSync(path.join(root, file))
    writeFileSync(results, documentOf(merged(before, now, exists)))
  }
}

/** The new rows, and the old rows of other files that still exist. */
export function merged(before: Tables, now: Tables, exists: (file: string) => boolean): Tables {
  const replaced = new Set(now.tests.map(([file]) => file))
  const of = (name: keyof Tables) => {
    const kept = before[name].filter(([file = '']) => !replaced.has(file) && exists(file))
    return [...kept, ...now[name]].toSorted(([a = ''], [b = '']) => a.localeCompare(b))
  }
  return { tests: of('tests'), figures: of('figures') }
}

export function documentOf({ tests, figures }: Tables): string {
  return `# Results of the long tests

\`npm run test:full\` writes this page. With names of files, it runs only those files and changes only their rows.
Times depend on the other load of the machine.

${table(heads.tests, tests)}

## Figures

Values that the tests measured.

${textTable(heads.figures, figures)}
`
}

/** Parses a document of {@link documentOf}. */
export function tablesOf(document: string): Tables {
  const [tests = '', figures = ''] = document.split('## Figures')
  return { tests: rowsOf(tests), figures: rowsOf(figures) }
}

function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('| test/'))
  return lines.map((line) => line.slice(2, -2).split(' | '))
}

function isComplete(module: TestModule): boolean {
  const tests = [...module.children.allTests()]
  return tests.length > 0 && tests.every((test) => ['passed', 'failed'].includes(test.result().state))
}

function testsOf(module: TestModule): string[] {
  const states = [...module.children.allTests()].map((test) => test.result().state)
  const count = (state: string) => String(states.filter((each) => each === state).length)
  const minutes = (module.diagnostic().duration / 60_000).toFixed(1)
  const [load = Number.NaN] = os.loadavg()
  const day = new Date().toISOString().slice(0, 10)
  return [module.relativeModuleId, count('passed'), count('failed'), minutes, day, load.toFixed(1)]
}

function figuresOf(module: TestModule): string[][] {
  const tests = [...module.children.allTests()]
  return tests.flatMap((test) =>
    test.annotations().map(({ message }) => [module.relativeModuleId, inCell(test.fullName), inCell(message)]),
  )
}

/** A Vitest reporter for `npm run test:faults`. In bench/FAULTS.md, it updates only the faults of this run. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { faultNames, howOften, killed } from '../../test/faults/support/kinds.ts'
import { outcomes } from '../../test/faults/support/outcomes.ts'
import { faultsOfRecord } from '../../test/faults/support/own-calls.ts'
import { inCell, table, textTable } from '../support/measure.ts'

const results = path.resolve(import.meta.dirname, '../FAULTS.md')

export interface Cell {
  readonly workflow: string
  readonly call: string
  readonly fault: string
  readonly often: string
}

export interface Tried extends Cell {
  readonly outcome: string
}

/** A call with a sign for each fault, in the order of the columns, and the day of the last run. */
export interface Row {
  readonly workflow: string
  readonly call: string
  readonly signs: readonly string[]
  readonly day: string
}

export interface Results {
  readonly rows: readonly Row[]
  /** Outcomes that differ from the expected ones. */
  readonly wrong: readonly Tried[]
}

const untried = '·'
const wrongSign = '✗'
const signs: Readonly<Record<string, string>> = {
  [outcomes.atOnce]: '✓',
  [outcomes.byNext]: '↻',
  [outcomes.notMet]: '–',
}

const columns = faultNames.flatMap((fault) => howOften.map((often) => ({ fault, often })))
const headOfRows = ['workflow', 'call', ...faultNames, 'day']
const headOfCounts = ['workflow', 'calls', 'cells', 'tried', '✓', '↻', '–', '✗']
const headOfWrong = ['workflow', 'call', 'fault', 'what is wrong']

export default class FaultMatrix implements Reporter {
  readonly #cells: Cell[] = []
  readonly #tried: Tried[] = []

  onTestModuleCollected(module: TestModule): void {
    this.#cells.push(...[...module.children.allTests()].map(cellOf))
  }

  /** Writes after each test, because a complete run takes hours. Keeps results that parallel processes have written. */
  onTestCaseResult(test: TestCase): void {
    const tried = triedOf(test)
    if (tried.length === 0) return
    this.#tried.push(...tried)
    const now = documentOf(merged(resultsUntilNow(), { cells: this.#cells, tried: this.#tried }, new Date()))
    // A rename is atomic, and other processes read the file.
    const draft = `${results}.${process.pid}`
    writeFileSync(draft, now)
    renameSync(draft, results)
  }
}

/** The results in bench/FAULTS.md. */
export function resultsUntilNow(): Results {
  return existsSync(results) ? resultsIn(readFileSync(results, 'utf8')) : { rows: [], wrong: [] }
}

export function isUntried({ rows }: Results, { workflow, call, fault, often }: Cell): boolean {
  const row = rows.find((each) => each.workflow === workflow && each.call === call)
  const column = columns.findIndex((each) => each.fault === fault && each.often === often)
  return (row?.signs[column] ?? untried) === untried
}

function cellOf({ fullName }: TestCase): Cell {
  const [workflow = '', call = '', fault = '', often = ''] = fullName.split(' > ')
  return { workflow, call, fault, often }
}

function triedOf(test: TestCase): Tried[] {
  return test.annotations().map(({ message }) => ({ ...cellOf(test), outcome: inCell(message) }))
}

/** Merges new results into the old ones. For a workflow of this run, only the calls that it still makes remain. */
export function merged(
  before: Results,
  { cells, tried }: { readonly cells: readonly Cell[]; readonly tried: readonly Tried[] },
  now: Date,
): Results {
  const day = now.toISOString().slice(0, 10)
  const wasRun = new Set(cells.map(({ workflow }) => workflow))
  const known = Map.groupBy(cells, keyOfCall)
  const triedNow = Map.groupBy(tried, keyOfCall)
  const run = [...known].map(([key, [cell]]) => {
    const { workflow = '', call = '' } = cell ?? {}
    const old = before.rows.find((row) => keyOfCall(row) === key)
    return rowOf({ workflow, call }, old, { tried: triedNow.get(key) ?? [], day })
  })
  const isKept = (one: Tried) =>
    !wasRun.has(one.workflow) || (known.has(keyOfCall(one)) && !tried.some((other) => keyOf(other) === keyOf(one)))
  return {
    rows: [...before.rows.filter(({ workflow }) => !wasRun.has(workflow)), ...run].toSorted((a, b) =>
      a.workflow.localeCompare(b.workflow),
    ),
    wrong: [...before.wrong.filter(isKept), ...tried.filter(({ outcome }) => !(outcome in signs))],
  }
}

function rowOf(
  call: Pick<Row, 'workflow' | 'call'>,
  old: Row | undefined,
  { tried, day }: { readonly tried: readonly Tried[]; readonly day: string },
): Row {
  const signsNow = columns.map(({ fault, often }, index) => {
    const found = tried.find((one) => one.fault === fault && one.often === often)
    return found ? (signs[found.outcome] ?? wrongSign) : (old?.signs[index] ?? untried)
  })
  return { ...call, signs: signsNow, day: tried.length > 0 ? day : (old?.day ?? '') }
}

function keyOfCall({ workflow, call }: Pick<Cell, 'workflow' | 'call'>): string {
  return `${workflow} > ${call}`
}

function keyOf({ fault, often, ...call }: Cell): string {
  return `${keyOfCall(call)} > ${fault} > ${often}`
}

export function documentOf({ rows, wrong }: Results): string {
  return `# Faults of outside calls

\`npm run test:faults\` runs each workflow once, records its outside calls, and then repeats it with each fault in each of them, once and
every time. It writes this page. A partial run changes only its own rows and cells. [Testing](../docs/testing.md#faults-of-outside-calls) has the details.

- ✓ the operation succeeded at once.
- ↻ it failed with the right step, object and reason, and the same request without the fault succeeded.
- ✗ neither: see [what is wrong](#what-is-wrong).
- – the workflow did not make the call this time.
- · not tried yet.

The first sign of a pair is for the fault that occurs once, the second for the fault that occurs every time. Except after ✗, the result
equals that of an undisturbed run: no object twice, and no object left over.

The rows of a workflow with \`(record)\` are calls to DynamoDB, Step Functions, SNS and S3: one row for each function, action and kind of item. Their
columns are "reset after", 429, 500, 503 and "killed": the call takes effect, and its function is stopped. The second sign of "reset after" is for
three faults, as many as the attempts of the SDK: three writes take effect, and no response arrives. Except after ✗, the record agrees with the
real objects, no change is reported twice, and the notification of a failed operation was sent or is pending. Two kinds of locks can remain: that
of a rotation that has ended, which the reconciler or the next request releases, and that of a step whose function was stopped, until the function
would have timed out.
In the rows of \`waiting (record)\`, ↻ means that the request was sent again, or that the reconciler was called again: each operation has ended, and one
further operation has applied the newest spec.

## Counts

${table(headOfCounts, countsOf(rows))}

## What is wrong

${wrong.length === 0 ? 'Nothing that was tried.' : textTable(headOfWrong, wrong.map(wrongRow))}

## Each call

${textTable(headOfRows, rows.map(cellsOfRow))}
`
}

/** Whether a workflow is tried with a fault. Only calls of the record are tried with stopped functions. */
function isColumnOf(workflow: string, index: number): boolean {
  const fault = columns[index]?.fault
  return workflow.endsWith('(record)') ? faultsOfRecord.some((one) => one === fault) : fault !== killed
}

function countsOf(rows: readonly Row[]): string[][] {
  const byWorkflow = [...Map.groupBy(rows, ({ workflow }) => workflow)]
  return [...byWorkflow, ['all', rows] as const].map(([workflow, own]) => {
    const all = own.flatMap((row) => row.signs.filter((_, index) => isColumnOf(row.workflow, index)))
    const count = (...wanted: readonly string[]) => String(all.filter((sign) => wanted.includes(sign)).length)
    const perSign = [...Object.values(signs), wrongSign].map((sign) => count(sign))
    return [workflow, String(own.length), String(all.length), count(...Object.values(signs), wrongSign), ...perSign]
  })
}

function cellsOfRow({ workflow, call, signs: own, day }: Row): string[] {
  const pairs = faultNames.map((_, index) => own.slice(2 * index, 2 * index + 2).join(''))
  return [workflow, `\`${call}\``, ...pairs, day]
}

function wrongRow({ workflow, call, fault, often, outcome }: Tried): string[] {
  // An error may contain a URL, which would become a link on the page.
  return [workflow, `\`${call}\``, `${fault} ${often}`, `\`${outcome.replaceAll('`', "'")}\``]
}

/** Parses a document of {@link documentOf}. */
export function resultsIn(document: string): Results {
  const [, wrong = '', rows = ''] = document.split(/^## (?:What is wrong|Each call)$/m)
  return {
    wrong: linesOf(wrong).map(([workflow = '', call = '', fault = '', outcome = '']) => {
      const [, name = '', often = ''] = /^(.*) (\w+)$/.exec(fault) ?? []
      return { workflow, call: withoutTicks(call), fault: name, often, outcome: withoutTicks(outcome) }
    }),
    rows: linesOf(rows).map(([workflow = '', call = '', ...rest]) => {
      const day = rest.pop() ?? ''
      const known = rest.flatMap((pair) => [...pair])
      return { workflow, call: withoutTicks(call), signs: columns.map((_, index) => known[index] ?? untried), day }
    }),
  }
}

/** The rows of a table, without its header. */
function linesOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('| '))
  return lines.slice(2).map((line) => line.slice(2, -2).split(' | '))
}

function withoutTicks(text: string): string {
  return text.replaceAll('`', '')
}

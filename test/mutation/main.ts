/**
 * `npm run test:mutation`: makes each mistake of mistakes/, and each of Stryker's mutants of the rules, in a copy of the tree,
 * and runs the tests that must notice it. Each complete part is stored in bench/mutation.json when it has ended, from which
 * bench/MUTATION.md is written. The list `drawn` has a few of the other files, which the commit selects. A part that cannot run
 * does not end the others: the last lines name it, and the exit code is 1.
 *
 * Arguments select: the name of a list (`rules`, `drawn`, `steps`, `claims`, `clients`, `workflows`, `infra`), or a text in the file or
 * name of mistakes, or in the file of rules. `drawn of FOLDER` is a part of `drawn`. `page` only writes the page.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { copyOfTree, runNode } from './copied-tree.ts'
import { harmlessReason, mistakeLists } from './judgements.ts'
import { type Mistake, withMistake } from './mistake.ts'
import { listed, page } from './page.ts'
import { type Part, partOf, readParts, withPart, writeParts } from './parts.ts'
import { failuresIn } from './report.ts'
import { drawnFiles, otherFolders, ruleFolders, testsOf, triedMutants } from './rules.ts'
import { type Chosen, runParts } from './run-parts.ts'
import type { Outcome, Tried } from './tried.ts'

const root = path.resolve(import.meta.dirname, '../..')
const record = path.join(root, 'bench/mutation.json')
const words = process.argv.slice(2)
/** The timeout of the tests of one mistake. */
const limitMs = 5 * 60_000
/** The number of files for each folder. */
const drawnCount = 2

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
const copy = copyOfTree(root)
const parts = [...rules(), ...drawn(), ...lists()]
let missesAny = false
const failed = await runParts(words.includes('page') ? [] : parts, ({ list, name, isComplete }, results) => {
  const tried = partOf(list, name, results, new Date())
  missesAny ||= tried.missed.some((mistake) => harmlessReason(mistake) === undefined)
  console.log(`${name}: ${tried.caught} caught, ${tried.missed.length} missed\n${listed(tried.missed)}`)
  if (isComplete) store(tried)
})
writePage()
if (failed.length > 0) console.error(`Without a result, because of the errors above: ${failed.join(', ')}`)
process.exitCode = missesAny || failed.length > 0 ? 1 : 0

function store(part: Part): void {
  const names = [
    ...ruleFolders(root).map(([folder]) => ruleName(folder)),
    ...otherFolders(root).map(([folder]) => drawnName(folder)),
    ...Object.keys(mistakeLists),
  ]
  writeParts(record, withPart(readParts(record), part, names))
  writePage()
}

function writePage(): void {
  writeFileSync(path.join(root, 'bench/MUTATION.md'), page(readParts(record)))
}

function ruleName(folder: string): string {
  return `rules of ${folder}`
}

function drawnName(folder: string): string {
  return `drawn of ${folder}`
}

/** Texts in arguments select among all files of a folder, not only among the drawn ones. */
function drawn(): Chosen[] {
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
  return otherFolders(copy).flatMap(([folder, files]) => {
    const isComplete = words.length === 0 || words.includes('drawn') || words.includes(drawnName(folder))
    const chosen = isComplete
      ? drawnFiles(files, commit, drawnCount)
      : files.filter((file) => isChosen('drawn', [file]))
    if (chosen.length === 0) return []
    const run = () => triedMutants(copy, chosen, [testsOf(folder)])
    return [{ list: 'drawn', name: drawnName(folder), isComplete, run }]
  })
}

function rules(): Chosen[] {
  return ruleFolders(copy).flatMap(([folder, files]) => {
    const chosen = files.filter((file) => isChosen('rules', [file]))
    if (chosen.length === 0) return []
    const isComplete = chosen.length === files.length
    return [{ list: 'rules', name: ruleName(folder), isComplete, run: () => triedMutants(copy, chosen, undefined) }]
  })
}

function lists(): Chosen[] {
  return Object.entries(mistakeLists).flatMap(([list, mistakes]) => {
    const chosen = mistakes.filter(({ file, name }) => isChosen(list, [file, name]))
    if (chosen.length === 0) return []
    const isComplete = chosen.length === mistakes.length
    return [{ list, name: list, isComplete, run: () => triedMistakes(chosen) }]
  })
}

function isChosen(list: string, texts: readonly string[]): boolean {
  const isList = (word: string) => word === 'rules' || word === 'drawn' || word in mistakeLists
  return (
    words.length === 0 ||
    words.some((word) => (isList(word) ? word === list : texts.some((text) => text.includes(word))))
  )
}

async function triedMistakes(mistakes: readonly Mistake[]): Promise<Tried[]> {
  // A test that fails without a mistake would seem to notice all of them.
  await requireGreen([...new Set(mistakes.flatMap(({ tests }) => tests))])
  const results: Tried[] = []
  for (const mistake of mistakes) {
    const outcome = await runWithMistake(mistake)
    console.log(`${outcome.padEnd(8)}  ${mistake.name} (${mistake.file})`)
    results.push({ mistake, outcome })
  }
  return results
}

async function requireGreen(tests: readonly string[]): Promise<void> {
  const failed = await failedTests(tests)
  if (failed.length > 0) throw new Error(`These tests fail without any mistake:\n${failed.join('\n')}`)
}

async function runWithMistake(mistake: Mistake): Promise<Outcome> {
  const file = path.join(copy, mistake.file)
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, withMistake(text, mistake))
  try {
    return (await failedTests(mistake.tests)).length > 0 ? 'caught' : 'missed'
  } finally {
    writeFileSync(file, text)
  }
}

/**
 * Returns the names of the tests that fail. Tests that do not end have noticed the mistake, too.
 *
 * @throws {Error} when the tests cannot run
 */
async function failedTests(tests: readonly string[]): Promise<string[]> {
  const report = path.join(copy, '.sandbox/report.json')
  rmSync(report, { force: true })
  const projects = ['rules', 'parts', 'validators'].flatMap((name) => ['--project', name])
  const options = [...projects, '--bail', '1', '--reporter', 'json']
  const files = tests.map((test) => path.join('test', test))
  const command = ['sandbox/bootstrap.mjs', 'node_modules/vitest/vitest.mjs', 'run', ...options]
  const output = await runNode(copy, [...command, '--outputFile', report, ...files], limitMs)
  if (output === undefined) return [`more than ${limitMs / 60_000} minutes`]
  const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined
  if (text === undefined) throw new Error(`Vitest has written no report:\n${output.slice(-2000)}`)
  return failuresIn(text)
}

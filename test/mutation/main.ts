/**
 * `npm run test:mutation`: makes each mistake of mistakes/, and each mutant that Stryker makes of the rules, in a copy
 * of the tree, and runs the tests that have to notice it. Ends with a score for each list, and writes bench/MUTATION.md.
 * Words as arguments choose: the name of a list (`rules`, `steps`, `clients`, `workflows`, `infra`) that list, any other
 * word the mistakes whose file or name has it, and the rules whose file has it. The page is then left as it is.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { copyOfTree, runNode } from './copied-tree.ts'
import { type Mistake, withMistake } from './mistake.ts'
import { clients } from './mistakes/clients.ts'
import { infra } from './mistakes/infra.ts'
import { steps } from './mistakes/steps.ts'
import { workflows } from './mistakes/workflows.ts'
import { type Outcome, page, type Tried } from './page.ts'
import { failuresIn } from './report.ts'
import { ruleFiles, triedMutants } from './rules.ts'

const root = path.resolve(import.meta.dirname, '../..')
const lists: Readonly<Record<string, readonly Mistake[]>> = { steps, clients, workflows, infra }
const words = process.argv.slice(2)
/** For the tests of one mistake. */
const limitMs = 5 * 60_000

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
const copy = copyOfTree(root)
const tried = [...(await triedRules()), ...(await triedMistakes())]
const text = page(tried)
if (words.length === 0) writeFileSync(path.join(root, 'bench/MUTATION.md'), text)
console.log(`\n${text}`)
process.exitCode = tried.some(({ mistake, outcome }) => outcome === 'missed' && !mistake.harmless) ? 1 : 0

function triedRules(): Promise<Tried[]> {
  return triedMutants(
    copy,
    ruleFiles(copy).filter((file) => isChosen('rules', [file])),
  )
}

async function triedMistakes(): Promise<Tried[]> {
  const chosen = Object.entries(lists).flatMap(([list, mistakes]) =>
    mistakes.filter(({ file, name }) => isChosen(list, [file, name])).map((mistake) => ({ list, mistake })),
  )
  // A test that fails without a mistake would notice every one.
  await requireGreen([...new Set(chosen.flatMap(({ mistake }) => mistake.tests))])
  const results: Tried[] = []
  for (const { list, mistake } of chosen) {
    const outcome = await tryOut(mistake)
    console.log(`${outcome.padEnd(8)}  ${list}: ${mistake.name} (${mistake.file})`)
    results.push({ list, mistake, outcome })
  }
  return results
}

function isChosen(list: string, texts: readonly string[]): boolean {
  const isList = (word: string) => word === 'rules' || word in lists
  return (
    words.length === 0 ||
    words.some((word) => (isList(word) ? word === list : texts.some((text) => text.includes(word))))
  )
}

async function requireGreen(tests: readonly string[]): Promise<void> {
  if (tests.length === 0) return
  const failed = await failedTests(tests)
  if (failed.length > 0) throw new Error(`These fail without any mistake:\n${failed.join('\n')}`)
}

async function tryOut(mistake: Mistake): Promise<Outcome> {
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
 * Names of the tests that fail. Tests that do not end have noticed the mistake as well.
 *
 * @throws {Error} when the tests cannot be run
 */
async function failedTests(tests: readonly string[]): Promise<string[]> {
  const report = path.join(copy, '.sandbox/report.json')
  rmSync(report, { force: true })
  const options = ['--project', 'rules', '--project', 'parts', '--bail', '1', '--reporter', 'json']
  const files = tests.map((test) => path.join('test', test))
  const command = ['sandbox/bootstrap.mjs', 'node_modules/vitest/vitest.mjs', 'run', ...options]
  const output = await runNode(copy, [...command, '--outputFile', report, ...files], limitMs)
  if (output === undefined) return [`more than ${limitMs / 60_000} minutes`]
  const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined
  if (text === undefined) throw new Error(`Vitest has written no report:\n${output.slice(-2000)}`)
  return failuresIn(text)
}

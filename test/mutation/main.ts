/**
 * `npm run test:mutation`: makes each mistake of mistakes/ in a copy of the tree, and runs the tests that have to
 * notice it. Ends with a score for each list, and writes bench/MUTATION.md. Words as arguments choose the mistakes
 * whose list, file or name has one of them; the page is then left as it is.
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Mistake, withMistake } from './mistake.ts'
import { clients } from './mistakes/clients.ts'
import { infra } from './mistakes/infra.ts'
import { steps } from './mistakes/steps.ts'
import { workflows } from './mistakes/workflows.ts'
import { type Outcome, page, type Tried } from './page.ts'
import { failuresIn } from './report.ts'

const root = path.resolve(import.meta.dirname, '../..')
const lists: Readonly<Record<string, readonly Mistake[]>> = { steps, clients, workflows, infra }
const words = process.argv.slice(2)
/** For the tests of one mistake. */
const limitMs = 5 * 60_000

const chosen = Object.entries(lists).flatMap(([list, mistakes]) =>
  mistakes.filter((mistake) => isChosen(list, mistake)).map((mistake) => ({ list, mistake })),
)
const copy = copyOfTree()
process.once('exit', () => rmSync(copy, { recursive: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
// A test that fails without a mistake would notice every one.
await requireGreen([...new Set(chosen.flatMap(({ mistake }) => mistake.tests))])
const tried: Tried[] = []
for (const { list, mistake } of chosen) {
  const outcome = await tryOut(mistake)
  console.log(`${outcome.padEnd(8)}  ${list}: ${mistake.name} (${mistake.file})`)
  tried.push({ list, mistake, outcome })
}
const text = page(tried)
if (words.length === 0) writeFileSync(path.join(root, 'bench/MUTATION.md'), text)
console.log(`\n${text}`)
process.exitCode = tried.some(({ mistake, outcome }) => outcome === 'missed' && !mistake.harmless) ? 1 : 0

function isChosen(list: string, { file, name }: Mistake): boolean {
  return words.length === 0 || words.some((word) => [list, file, name].some((text) => text.includes(word)))
}

/** All that Git knows or would add, with the installed packages of this tree. */
function copyOfTree(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mutation-'))
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root })
  for (const file of files.toString().split('\0').filter(Boolean)) {
    cpSync(path.join(root, file), path.join(folder, file))
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  mkdirSync(path.join(folder, '.sandbox'))
  symlinkSync(path.join(root, '.sandbox/venv'), path.join(folder, '.sandbox/venv'))
  return folder
}

async function requireGreen(tests: readonly string[]): Promise<void> {
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
  const output = await runVitest([...options, '--outputFile', report, ...files])
  if (output === undefined) return [`more than ${limitMs / 60_000} minutes`]
  const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined
  if (text === undefined) throw new Error(`Vitest has written no report:\n${output.slice(-2000)}`)
  return failuresIn(text)
}

/** What Vitest has printed; undefined when it did not end. */
function runVitest(args: readonly string[]): Promise<string | undefined> {
  const command = ['sandbox/bootstrap.mjs', 'node_modules/vitest/vitest.mjs', 'run', ...args]
  // In a group of its own, which is ended as a whole.
  const child = spawn(process.execPath, command, { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
  const late = setTimeout(end, limitMs)
  process.once('exit', end)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (_, signal) => {
      clearTimeout(late)
      process.off('exit', end)
      resolve(signal === 'SIGKILL' ? undefined : output)
    })
  })
}

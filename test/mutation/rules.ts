import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runNode } from './copied-tree.ts'
import { harmlessReason } from './judgements.ts'
import { mutantsIn, type TriedMutant } from './mutants.ts'
import { refusedByCompiler } from './refused-by-compiler.ts'
import { mutatedFiles } from './scope.ts'
import type { Tried } from './tried.ts'

/** Folders of lambdas/ whose files decide without I/O, except those that `hasSideEffects` finds. */
const deciding =
  /^lambdas\/(access|bucket|cluster|errors|ownership|proof|provider|report|rights|role|service-account|spec|webhook|workflows)\//

/** The timeout for the mutants of one folder. */
const limitMs = 60 * 60_000

/**
 * The files of lambdas/ that decide without I/O: they receive what was read, and return what to write. In folders that mostly
 * act, these are the files with a test of the same name in the project `rules`. Clients of clouds, handlers, files of the record
 * and descriptions of steps are not rules.
 */
export function ruleFiles(root: string): string[] {
  const files = globSync('lambdas/*/**/*.ts', { cwd: root }).filter((file) => !file.startsWith('lambdas/clouds/'))
  return files.filter((file) => decides(root, file)).toSorted()
}

function decides(root: string, file: string): boolean {
  if (file.endsWith('.step.ts') || hasSideEffects(root, file)) return false
  const test = path.join('test', file.replace(/\.ts$/, '.test.ts'))
  return deciding.test(file) || globSync(test, { cwd: root }).length > 0
}

/** The same patterns as in dependencies.config.mjs. */
function hasSideEffects(root: string, file: string): boolean {
  return (
    /(record[^/]*|\.cluster)\.ts$/.test(file) ||
    /^export const handler\b/m.test(readFileSync(path.join(root, file), 'utf8'))
  )
}

/** The rules by their folder of lambdas/. */
export function ruleFolders(root: string): [folder: string, files: string[]][] {
  const folders = Object.groupBy(ruleFiles(root), (file) => file.split('/').slice(0, 2).join('/'))
  return Object.entries(folders).map(([folder, files = []]) => [folder, files])
}

/** The other files of mutatedFiles(), by the folder that `testsOf` knows. */
export function otherFolders(root: string): [folder: string, files: string[]][] {
  const rules = new Set(ruleFiles(root))
  const others = mutatedFiles(root).filter((file) => !rules.has(file) && !file.endsWith('.step.ts'))
  const byFolder = Object.groupBy(others, (file) => /^lambdas\/[^/.]+(?=\/)|^[^/]+/.exec(file)?.[0] ?? '')
  return Object.entries(byFolder).map(([folder, files = []]) => [folder, files])
}

/** The folders below `test/` for code that has many of its tests among those of its callers. */
const foldersOfTests: Readonly<Record<string, string>> = {
  client: '{cli,client,portal}',
  'lambdas/agent': '{agent,lambdas/agent,lambdas/api}',
  'lambdas/discovery': '{claims,lambdas/discovery}',
  'lambdas/objects': 'lambdas/{objects,service-account}',
}

/** A glob of the tests of a folder. */
export function testsOf(folder: string): string {
  if (folder === 'lambdas') return 'test/lambdas/*.test.ts'
  return `test/${foldersOfTests[folder] ?? folder}/**/*.test.ts`
}

/**
 * Draws a few of these files, because their tests start servers, and all of them would take days. A commit always draws the same
 * files, and another commit draws others.
 */
export function drawnFiles(files: readonly string[], commit: string, count: number): string[] {
  const digest = (file: string) => createHash('sha256').update(`${commit} ${file}`).digest('hex')
  return files.toSorted((a, b) => digest(a).localeCompare(digest(b))).slice(0, count)
}

/**
 * Runs the tests with Stryker's mutants of these files. Call it for one folder at a time, because the memory of Stryker grows
 * with the square of the mutants. A mutant that does not compile counts as caught.
 *
 * @param tests globs of the test files that must notice the mutants
 * @throws {Error} when Stryker does not end
 */
export async function triedMutants(
  copy: string,
  files: readonly string[],
  tests: readonly string[] | undefined,
): Promise<Tried[]> {
  writeFileSync(path.join(copy, '.sandbox/mutation-tests.json'), JSON.stringify(tests ?? null))
  const tried = await mutantsOf(copy, files)
  const uncalled = files.filter((file) => !tried.some(({ mistake }) => mistake.file === file))
  if (uncalled.length > 0) console.log(`Without a mutant that these tests call: ${uncalled.join(', ')}`)
  console.log(`${tried.filter(({ isLate }) => isLate).length} were caught only because their tests did not end in time`)
  const missed = tried.filter(({ outcome, mistake }) => outcome === 'missed' && harmlessReason(mistake) === undefined)
  const refused = await refusedByCompiler(copy, missed, () => compile(copy))
  return tried.map((one) => (refused.has(one) ? { ...one, outcome: 'caught' } : one))
}

async function mutantsOf(copy: string, files: readonly string[]): Promise<TriedMutant[]> {
  const report = path.join(copy, '.sandbox/mutants.json')
  rmSync(report, { force: true })
  const command = ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', 'test/mutation/stryker.config.mjs']
  const before = files.map((file) => ({ file, text: readFileSync(path.join(copy, file), 'utf8') }))
  try {
    const output = await runNode(copy, [...command, '--mutate', files.join(',')], limitMs)
    if (output === undefined) throw new Error(`Stryker did not end in ${limitMs / 60_000} minutes`)
    if (!existsSync(report)) throw new Error(`Stryker has written no report:\n${output.slice(-2000)}`)
    return mutantsIn(readFileSync(report, 'utf8'))
  } finally {
    // Stryker leaves its mutants in the files when it is killed at the end of its time.
    for (const { file, text } of before) writeFileSync(path.join(copy, file), text)
  }
}

/** The output of the compiler for the tree. */
async function compile(copy: string): Promise<string> {
  const printed = await runNode(copy, ['node_modules/typescript/bin/tsc', '--pretty', 'false'], limitMs)
  if (printed === undefined) throw new Error('The compiler did not end')
  return printed
}

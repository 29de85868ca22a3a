import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runNode } from './copied-tree.ts'
import { harmlessness } from './judgements.ts'
import { mutantsIn, type TriedMutant } from './mutants.ts'
import { refusedByCompiler } from './refused-by-compiler.ts'
import { mutatedFiles } from './scope.ts'
import type { Tried } from './tried.ts'

/** Folders of lambdas/ in which everything decides, but for what the pattern and `acts` below leave out. */
const deciding =
  /^lambdas\/(access|bucket|cluster|errors|ownership|proof|provider|report|rights|role|service-account|spec|webhook|workflows)\//

/** For the mutants of one folder. */
const limitMs = 30 * 60_000

/**
 * Files of lambdas/ that decide without I/O, from the root on: they are given what was read, and say what to write. Of
 * the folders that mostly act, those count that a test of the project `rules` is named after. Clients of clouds,
 * handlers, files of the record and descriptions of steps do not count.
 */
export function ruleFiles(root: string): string[] {
  const files = globSync('lambdas/*/**/*.ts', { cwd: root }).filter((file) => !file.startsWith('lambdas/clouds/'))
  return files.filter((file) => decides(root, file)).toSorted()
}

function decides(root: string, file: string): boolean {
  if (file.endsWith('.step.ts') || acts(root, file)) return false
  const test = path.join('test', file.replace(/\.ts$/, '.test.ts'))
  return deciding.test(file) || globSync(test, { cwd: root }).length > 0
}

/** As in dependencies.config.mjs. */
function acts(root: string, file: string): boolean {
  return (
    /(record[^/]*|\.cluster)\.ts$/.test(file) ||
    /^export const handler\b/m.test(readFileSync(path.join(root, file), 'utf8'))
  )
}

/** The files that decide, by their folder of lambdas/. */
export function ruleFolders(root: string): [folder: string, files: string[]][] {
  const folders = Object.groupBy(ruleFiles(root), (file) => file.split('/').slice(0, 2).join('/'))
  return Object.entries(folders).map(([folder, files = []]) => [folder, files])
}

/** The files of mutatedFiles() that are no rules, by the folder that has their tests: `test/` and the name. */
export function otherFolders(root: string): [folder: string, files: string[]][] {
  const rules = new Set(ruleFiles(root))
  const others = mutatedFiles(root).filter((file) => !rules.has(file) && !file.endsWith('.step.ts'))
  const byFolder = Object.groupBy(others, (file) => /^lambdas\/[^/.]+(?=\/)|^[^/]+/.exec(file)?.[0] ?? '')
  return Object.entries(byFolder).map(([folder, files = []]) => [folder, files])
}

/**
 * A few of these files: all of them would take days, since their tests start servers. A commit always draws the same, and
 * another commit draws others.
 */
export function drawnFiles(files: readonly string[], commit: string, count: number): string[] {
  const digest = (file: string) => createHash('sha256').update(`${commit} ${file}`).digest('hex')
  return files.toSorted((a, b) => digest(a).localeCompare(digest(b))).slice(0, count)
}

/**
 * Tries the mutants that Stryker makes of these files. One call has the files of one folder: what Stryker keeps of which
 * test runs what grows with the square of the mutants. A mutant that does not compile is caught.
 *
 * @param tests globs of the test files that have to notice the mutants
 * @throws {Error} when Stryker does not come to its end
 */
export async function triedMutants(
  copy: string,
  files: readonly string[],
  tests: readonly string[] | undefined,
): Promise<Tried[]> {
  writeFileSync(path.join(copy, '.sandbox/mutation-tests.json'), JSON.stringify(tests ?? null))
  const tried = await mutantsOf(copy, files)
  const missed = tried.filter(({ outcome, mistake }) => outcome === 'missed' && harmlessness(mistake) === undefined)
  const refused = await refusedByCompiler(copy, missed, () => compile(copy))
  return tried.map((one) => (refused.has(one) ? { ...one, outcome: 'caught' } : one))
}

async function mutantsOf(copy: string, files: readonly string[]): Promise<TriedMutant[]> {
  const report = path.join(copy, '.sandbox/mutants.json')
  rmSync(report, { force: true })
  const command = ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', 'test/mutation/stryker.config.mjs']
  const output = await runNode(copy, [...command, '--mutate', files.join(',')], limitMs)
  if (!existsSync(report)) throw new Error(`Stryker has written no report:\n${output?.slice(-2000)}`)
  return mutantsIn(readFileSync(report, 'utf8'))
}

/** What the compiler says of the tree. */
async function compile(copy: string): Promise<string> {
  const printed = await runNode(copy, ['node_modules/typescript/bin/tsc', '--pretty', 'false'], limitMs)
  if (printed === undefined) throw new Error('The compiler did not come to its end')
  return printed
}

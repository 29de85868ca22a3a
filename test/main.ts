/**
 * `npm test`: the rules, the parts and complete setups. The tests of the sandbox run only if they have not passed since the
 * last change of the sandbox, as in a fresh clone. Arguments go to vitest.
 */
import path from 'node:path'
import { parseCLI, startVitest } from 'vitest/node'
import { sandboxTested } from './install/sandbox-tested.ts'

const projects = ['rules', 'parts', 'end to end']

const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)])
const isPart = filter.length > 0 || options.project !== undefined || options.testNamePattern !== undefined
const tested = sandboxTested(path.resolve(import.meta.dirname, '..'))
const isLeftOut = tested.hasPassed && !isPart
if (isLeftOut) {
  console.log('The tests of the sandbox have passed since it last changed, and are left out: npm test -- test/sandbox')
}
await startVitest(filter, {
  ...options,
  project: options.project ?? projects,
  ...(isLeftOut && { exclude: ['test/sandbox/**'] }),
})
const hasFailed = process.exitCode !== undefined && process.exitCode !== 0
if (!isLeftOut && !isPart && !hasFailed) tested.note()
// Open handles of tests would keep the process alive.
process.exit()

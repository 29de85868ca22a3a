/**
 * `npm run test:peers`: installs the peers, runs the tests that compare the sandbox and the steps with them, and lists the
 * peers with their versions and results. Arguments go to vitest. `--project` limits it to projects. `--install-only` runs no
 * tests.
 */
import path from 'node:path'
import { parseCLI, startVitest, type TestModule } from 'vitest/node'
import { checkedPeers, checkedTable, type FileResult } from './install/checked.ts'
import { allProjects, chosenProjects, isChosen, onlyInFull } from './install/chosen.ts'
import { installPeers } from './install/install.ts'
import { findPeers } from './install/peers.ts'
import { root } from './install/target.ts'
import { kubernetesVersions } from './install/targets.ts'

/** One more than elsewhere, because tests often wait for programs and leave a core idle. */
const maxWorkers = 3
const assets = process.env.KUBEBUILDER_ASSETS || undefined
const installOnly = '--install-only'
const full = '--full'

const args = process.argv.slice(2)
const { filter, options } = parseCLI(['vitest', 'run', ...args.filter((arg) => arg !== installOnly && arg !== full)])
const chosen = [options.project ?? (args.includes(full) ? allProjects : chosenProjects)].flat()
const versions = kubernetesVersions.filter((version) => isChosen(`kubernetes ${version}`, chosen))

try {
  await install()
  if (!args.includes(installOnly)) await checkAll()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
// Open handles of tests would keep the process alive.
process.exit()

/** Ends with its child processes at a signal, and when the parent process ends. */
async function install(): Promise<void> {
  const end = () => process.exit(1)
  const events = ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']
  for (const event of events) process.on(event, end)
  await installPeers(assets, versions, (line) => console.error(line))
  for (const event of events) process.off(event, end)
}

async function checkAll(): Promise<void> {
  const isSample = filter.length === 0 && options.project === undefined && !args.includes(full)
  const cliExclude = isSample ? [...onlyInFull] : []
  const vitest = await startVitest(filter, { maxWorkers, ...options, cliExclude, project: chosen })
  const results = vitest.state.getTestModules().map(resultOf)
  const peers = await findPeers(assets, versions)
  const checked = checkedPeers(peers, results)
  console.log(checkedTable(checked.filter(({ passed, failed }) => passed + failed > 0)))
  const isPart = filter.length > 0 || options.project !== undefined || options.testNamePattern !== undefined
  const unchecked = checked.filter(({ passed, failed }) => passed + failed === 0).map(({ name }) => name)
  if (!isPart && unchecked.length > 0) throw new Error(`No test has run against ${unchecked.join(' and ')}`)
}

function resultOf(module: TestModule): FileResult {
  const states = [...module.children.allTests()].map((test) => test.result().state)
  const failed = states.filter((state) => state === 'failed').length
  return {
    project: module.project.name,
    file: path.relative(root, module.moduleId),
    passed: states.filter((state) => state === 'passed').length,
    // A file can fail outside of its tests: in an import or a hook.
    failed: module.state() === 'failed' ? Math.max(failed, 1) : failed,
  }
}

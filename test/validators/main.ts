/** `npm run check`: installs cfn-lint, and runs the validators. Arguments go to vitest. */
import { parseCLI, startVitest } from 'vitest/node'
import { buildMissing } from '../peers/install/install.ts'
import { pythonPackages } from '../peers/install/python-packages.ts'

try {
  await buildMissing([pythonPackages], (line) => console.error(line))
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)])
  await startVitest(filter, { ...options, project: ['validators'] })
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
// Open handles of tests would keep the process alive.
process.exit()

/** `npm run check`: installs cfn-lint, and runs the validators of others. Arguments go on to vitest. */
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
// What a test has left open must not keep this waiting.
process.exit()

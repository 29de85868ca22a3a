/** `npm run test:shells`: the completion of commands in a real bash, zsh and fish. Arguments go on to vitest. */
import { spawnSync } from 'node:child_process'
import { parseCLI, startVitest } from 'vitest/node'
import { installDebianPackages } from '../install/debian-packages.ts'

try {
  const missing = ['bash', 'zsh', 'fish'].filter((shell) => spawnSync(shell, ['--version']).error)
  if (missing.length > 0) installDebianPackages(missing, (line) => console.error(line))
  const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)])
  await startVitest(filter, { ...options, project: options.project ?? ['shells'] })
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
// What a test has left open must not keep this waiting.
process.exit()

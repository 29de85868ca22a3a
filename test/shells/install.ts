import { spawnSync } from 'node:child_process'
import { installDebianPackages } from '../install/debian-packages.ts'

/**
 * Installs the shells for the tests of completion.
 *
 * @throws {Error} with a remedy, when they cannot be installed
 */
export default function installShells(): void {
  const missing = ['bash', 'zsh', 'fish'].filter((shell) => spawnSync(shell, ['--version']).error)
  if (missing.length > 0) installDebianPackages(missing, (line) => console.error(line))
}

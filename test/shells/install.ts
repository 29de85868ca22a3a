import { spawnSync } from 'node:child_process'
import { installDebianPackages } from '../install/debian-packages.ts'

/**
 * Installs the shells whose completion is tested.
 *
 * @throws {Error} that says what to install where this cannot be done
 */
export default function installShells(): void {
  const missing = ['bash', 'zsh', 'fish'].filter((shell) => spawnSync(shell, ['--version']).error)
  if (missing.length > 0) installDebianPackages(missing, (line) => console.error(line))
}

import { spawnSync } from 'node:child_process'

/**
 * Installs packages of Debian, as root.
 *
 * @throws {Error} with a remedy, when they cannot be installed
 */
export function installDebianPackages(packages: readonly string[], print: (line: string) => void): void {
  const names = packages.join(' ')
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    throw new Error(`These tests need what is not here. Install it: "sudo apt-get install ${names}".`)
  }
  print(`Installing ${names} (once) ...`)
  const steps = [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]
  for (const args of steps) {
    const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')} ended with ${status}: see above.`)
  }
}

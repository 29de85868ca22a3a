import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Where Debian's package has it. CHROMIUM names another. */
export const chromiumPath = process.env.CHROMIUM || '/usr/bin/chromium'

/**
 * Installs Debian's package, unless a Chromium is there.
 *
 * @throws {Error} that says what to do where it cannot be installed
 */
export function installChromium(print: (line: string) => void): void {
  if (existsSync(chromiumPath)) return
  if (process.env.CHROMIUM)
    throw new Error(`CHROMIUM is ${chromiumPath}, and nothing is there. Name another, or unset it.`)
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    throw new Error(
      'The tests of the portal need Chromium. Install it: "sudo apt-get install chromium"; or name one that is here in CHROMIUM.',
    )
  }
  print('Installing Chromium (once) ...')
  const steps = [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]
  for (const args of steps) {
    const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) throw new Error(`apt-get ${args.join(' ')} ended with ${status}: see above.`)
  }
}

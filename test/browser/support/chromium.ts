import { existsSync } from 'node:fs'
import { installDebianPackages } from '../../install/debian-packages.ts'

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
  installDebianPackages(['chromium'], print)
}

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { installDebianPackages } from '../../install/debian-packages.ts'

/** Where Debian's package has it. CHROMIUM names another. */
const chromiumPath = process.env.CHROMIUM || '/usr/bin/chromium'

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

/** Chromium refuses to run as root with its sandbox. What it would ask Google for is of no use here. */
export function launchChromium(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-background-networking']
  return chromium.launch({ executablePath: chromiumPath, args })
}

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { installDebianPackages } from '../../install/debian-packages.ts'

/** The path of Debian's package, or of CHROMIUM. */
const chromiumPath = process.env.CHROMIUM || '/usr/bin/chromium'

/**
 * Installs Debian's package, unless Chromium exists.
 *
 * @throws {Error} with a remedy, when it cannot be installed
 */
export function installChromium(print: (line: string) => void): void {
  if (existsSync(chromiumPath)) return
  if (process.env.CHROMIUM)
    throw new Error(`CHROMIUM is ${chromiumPath}, and nothing is there. Name another, or unset it.`)
  installDebianPackages(['chromium'], print)
}

/** Chromium cannot run as root with its sandbox. Its background requests to Google are not needed. */
export function launchChromium(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-background-networking']
  return chromium.launch({ executablePath: chromiumPath, args })
}

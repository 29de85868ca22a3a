/**
 * `npm run docs -- screenshots`: takes the pictures of the portal for docs/, in Chromium, with its own sandbox. They show the
 * clusters of examples/.
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { builtPortal } from '../../../portal/build.ts'
import { prepareExamples } from '../../../sandbox/examples.ts'
import { startSandbox } from '../../../sandbox/sandbox.ts'
import { installDebianPackages } from '../../install/debian-packages.ts'
import { installChromium, launchChromium } from '../support/chromium.ts'
import { type Screenshot, setScene } from './scene.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const pictures = path.join(root, 'docs', 'screenshots')

async function take(browser: Browser, api: string, { name, path: page, shows, options }: Screenshot): Promise<void> {
  const context = await browser.newContext(optionsOf(options))
  const tab = await context.newPage()
  // Waits until the requests of the page have ended.
  await tab.goto(api + page, { waitUntil: 'networkidle' })
  await tab.getByText(shows).first().waitFor()
  await tab.evaluate('document.fonts.ready')
  const file = path.join(pictures, `${name}.png`)
  await tab.screenshot({ path: file, animations: 'disabled' })
  await context.close()
  console.log(path.relative(root, file))
}

function optionsOf(options: BrowserContextOptions = {}): BrowserContextOptions {
  return { locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1280, height: 900 }, ...options }
}

async function main(folder: string): Promise<void> {
  const sandbox = await startSandbox({
    directory: path.join(folder, 'state'),
    python: path.join(root, '.sandbox', 'venv', 'bin', 'python'),
    port: 0,
    portal: await builtPortal(),
    waitScale: 0.05,
    report: () => {},
  })
  try {
    await prepareExamples(sandbox)
    const screenshots = await setScene(sandbox)
    const browser = await launchChromium()
    for (const screenshot of screenshots) await take(browser, sandbox.gateway.url, screenshot)
    await browser.close()
  } finally {
    await sandbox.close()
  }
}

/** Chromium shows nothing for characters without a font. */
function installJapaneseFont(print: (line: string) => void): void {
  const { status, stdout } = spawnSync('fc-list', [':lang=ja'], { encoding: 'utf8' })
  if (status === 0 && stdout === '') installDebianPackages(['fonts-noto-cjk'], print)
}

const print = (line: string) => console.error(line)
installChromium(print)
installJapaneseFont(print)
await mkdir(pictures, { recursive: true })
const folder = await mkdtemp(path.join(root, '.sandbox', 'screenshots-'))
await main(folder).finally(() => rm(folder, { recursive: true, force: true }))
process.exit()

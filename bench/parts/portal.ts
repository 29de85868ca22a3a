import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page, Response } from 'playwright-core'
import { builtPortal } from '../../portal/build.ts'
import { prepareExamples } from '../../sandbox/examples.ts'
import { installChromium, launchChromium } from '../../test/browser/support/chromium.ts'
import { gzipSizes } from '../../test/browser/support/gzip-sizes.ts'
import { type Part, table, times } from '../support/measure.ts'
import { inSandbox } from '../support/own-sandbox.ts'
import { run } from './setups.ts'

const root = path.resolve(import.meta.dirname, '../..')
const repeats = 5
const example = 'existing-cluster.json'
const cluster = 'on-premises'

/** Measures what each page of the portal loads, the time until it shows its data, and the response time of a click. */
export async function portal(): Promise<Part> {
  installChromium((line) => console.error(line))
  const files = await builtPortal()
  return inSandbox(
    async (sandbox) => {
      await prepareExamples(sandbox)
      const { url } = sandbox.gateway
      const request = await readFile(path.join(root, 'examples', example), 'utf8')
      const { operationId } = await run(url, '/v1/setups', request)
      const browser = await launchChromium()
      const loads = await loadRows(browser, url, pagesWith(operationId))
      const clicks = await clickRows(browser, url)
      await browser.close()
      const tables = [
        table(['page, opened first', 'KiB of gzip', 'of them its own', 'ms until its data'], loads),
        table(['after a click on "Verify" of a cluster', 'ms'], clicks),
      ]
      const note = `Each time: median (fastest) of ${repeats}, without a cache. Sizes are without the font and data. A page's own are the files that "My workloads" does not load.`
      return { title: 'The portal', text: [...tables, note].join('\n\n') }
    },
    { portal: files },
  )
}

interface PortalPage {
  readonly name: string
  readonly path: string
  /** A text that appears with the page's data. */
  readonly shows: string
}

function pagesWith(operationId: string): PortalPage[] {
  return [
    { name: 'My workloads', path: '/workloads', shows: cluster },
    { name: 'Clusters', path: '/clusters', shows: cluster },
    { name: 'A cluster', path: `/clusters/${cluster}`, shows: 'WebhookReady' },
    { name: 'New setup', path: '/new-setup', shows: 'Kind of cluster' },
    { name: 'Operations', path: '/operations', shows: cluster },
    { name: 'An operation', path: `/operations/${operationId}`, shows: 'RegisterOidc' },
  ]
}

/** What a page loads when it is opened first. */
interface Load {
  /** Gzip bytes by the address of the file. */
  readonly files: ReadonlyMap<string, number>
  /** The time from the request for the page until the page shows its data. */
  readonly milliseconds: number
}

async function loadRows(browser: Browser, api: string, pages: readonly PortalPage[]): Promise<string[][]> {
  const rows: string[][] = []
  let ofFirst: ReadonlyMap<string, number> | undefined
  for (const page of pages) {
    const { files, milliseconds } = await repeatedLoad(browser, api, page)
    ofFirst ??= files
    const own = [...files.keys()].filter((file) => !ofFirst?.has(file))
    rows.push([page.name, kib(files, [...files.keys()]), kib(files, own), times(milliseconds)])
  }
  return rows
}

async function repeatedLoad(browser: Browser, api: string, page: PortalPage) {
  const milliseconds: number[] = []
  let files: Load['files'] = new Map()
  for (let repeat = 0; repeat < repeats; repeat++) {
    const load = await loadOf(browser, api, page)
    milliseconds.push(load.milliseconds)
    files = load.files
  }
  return { files, milliseconds }
}

async function loadOf(browser: Browser, api: string, { path: address, shows }: PortalPage): Promise<Load> {
  const page = await newPage(browser)
  const responses: Response[] = []
  page.on('response', (response) => responses.push(response))
  const since = performance.now()
  await page.goto(api + address)
  await page.getByText(shows).first().waitFor()
  const milliseconds = performance.now() - since
  const files = new Map(await gzipSizes(responses))
  await page.context().close()
  return { files, milliseconds }
}

/** A page without a cache. */
async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB' })
  return context.newPage()
}

function kib(files: Load['files'], addresses: readonly string[]): string {
  const bytes = addresses.reduce((sum, address) => sum + (files.get(address) ?? 0), 0)
  return (bytes / 1024).toFixed(0)
}

/** Resolves with the milliseconds from the next click to the frame that shows its first change. */
const untilFeedback = `new Promise((resolve) => {
  addEventListener('click', () => {
    const since = performance.now()
    new MutationObserver((_, observer) => {
      observer.disconnect()
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)))
    }).observe(document.body, { subtree: true, childList: true, attributes: true })
  }, { capture: true, once: true })
})`

async function clickRows(browser: Browser, api: string): Promise<string[][]> {
  const [feedback, operation]: [number[], number[]] = [[], []]
  for (let repeat = 0; repeat < repeats; repeat++) {
    const page = await newPage(browser)
    await page.goto(`${api}/clusters/${cluster}`, { waitUntil: 'networkidle' })
    const shown = page.evaluate<number>(untilFeedback)
    const since = performance.now()
    await page.getByRole('button', { name: 'Verify', exact: true }).first().click()
    feedback.push(await shown)
    await page.waitForURL('**/operations/*')
    await page.getByRole('heading', { level: 1, name: 'Verification' }).waitFor()
    operation.push(performance.now() - since)
    await page.context().close()
  }
  return [
    ['the button shows progress', times(feedback)],
    ['the page of the operation appears', times(operation)],
  ]
}

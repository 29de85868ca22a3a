import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page, Response } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchChromium } from './chromium.ts'

/** A page that somebody looks at, and what went wrong in it. */
export interface Visit {
  readonly page: Page
  /** What the policy of the page has refused, what its console calls an error, and what nobody has caught. */
  readonly faults: readonly string[]
  readonly responses: readonly Response[]
}

/** Says each violation where the test hears it, wherever the page is by then. */
const reportViolations = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error(event.effectiveDirective + ' refused ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber)
})`

/** A browser for the tests of a file; call it at the top of the file. The function that it gives back opens a page. */
export function browserForTests(): (options?: BrowserContextOptions) => Promise<Visit> {
  const holder: { browser?: Browser } = {}
  beforeAll(async () => {
    holder.browser = await launchChromium()
  })
  afterAll(() => holder.browser?.close())
  return async (options) => {
    if (!holder.browser) throw new Error('the browser is there when the tests run, and not before')
    const context = await holder.browser.newContext({ locale: 'en-GB', ...options })
    await context.addInitScript(reportViolations)
    return visitOf(await context.newPage())
  }
}

function visitOf(page: Page): Visit {
  const faults: string[] = []
  const responses: Response[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('response', (response) => responses.push(response))
  return { page, faults, responses }
}

/** What axe finds in the page as it is: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md */
export async function axeFindings(page: Page): Promise<string[]> {
  // Without frames to look into, the legacy mode finds the same in half the time: it opens no second page.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${failureSummary} ${html}`),
  )
}

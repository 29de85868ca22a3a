import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, BrowserContextOptions, Page, Response } from 'playwright-core'
import { afterEach } from 'vitest'
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

/** One for all files. It ends with this process, whose pipe it listens to. */
let browser: Promise<Browser> | undefined

/**
 * Pages for the tests of a file; call it at the top of the file. The function that it gives back opens a page, which is closed
 * at the end of its test: a page that is left open goes on asking.
 */
export function browserForTests(): (options?: BrowserContextOptions) => Promise<Visit> {
  const contexts: BrowserContext[] = []
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await printPages(contexts)
    await Promise.all(contexts.splice(0).map(closed))
  })
  return async (options) => {
    browser ??= launchChromium()
    const context = await (await browser).newContext({ locale: 'en-GB', ...options })
    contexts.push(context)
    await context.addInitScript(reportViolations)
    return visitOf(await context.newPage())
  }
}

/** A failed wait says what is not on the page; this says what is. */
async function printPages(contexts: readonly BrowserContext[]): Promise<void> {
  for (const page of contexts.flatMap((context) => context.pages())) {
    console.error(`${page.url()}\n${await page.locator('body').ariaSnapshot()}`)
  }
}

/** What a test answers in the place of the API is waited for no longer. */
async function closed(context: BrowserContext): Promise<void> {
  await Promise.all(context.pages().map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })))
  await context.close()
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

/** Axe's rules of category `color`: the only ones that look at colours. */
const ofColours = ['color-contrast', 'link-in-text-block']

/** Another theme changes colours alone, and another language all but colours. */
export type AxeRules = 'all' | 'colours' | 'all but colours'

const optionsOf: Readonly<Record<AxeRules, Parameters<AxeBuilder['options']>[0]>> = {
  all: {},
  colours: { runOnly: { type: 'rule', values: ofColours } },
  'all but colours': { rules: Object.fromEntries(ofColours.map((rule) => [rule, { enabled: false }])) },
}

/** What axe finds in the page as it is: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md */
export async function axeFindings(page: Page, rules: AxeRules = 'all'): Promise<string[]> {
  const isThere = await page.evaluate<boolean>('typeof axe === "object"')
  // Without frames to look into, the legacy mode finds the same in half the time: it opens no second page.
  const { violations } = await new AxeBuilder({ page, ...(isThere && { axeSource: ';' }) })
    .options({ resultTypes: ['violations'], ...optionsOf[rules] })
    .setLegacyMode()
    .analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${failureSummary} ${html}`),
  )
}

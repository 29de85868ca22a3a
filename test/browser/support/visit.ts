import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, BrowserContextOptions, Page, Response } from 'playwright-core'
import { afterEach } from 'vitest'
import { launchChromium } from './chromium.ts'

/** An open page, and its errors. */
export interface Visit {
  readonly page: Page
  /** Violations of the content security policy, console errors, and uncaught exceptions. */
  readonly faults: readonly string[]
  readonly responses: readonly Response[]
}

/** Writes violations to the console, whose messages the test receives even after a navigation. */
const reportViolations = `document.addEventListener('securitypolicyviolation', (event) => {
  console.error(event.effectiveDirective + ' refused ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber)
})`

/** One browser for all files. It ends with this process, through a pipe. */
let browser: Promise<Browser> | undefined

/**
 * Returns a function that opens a page for a test. Call it at the top of the file. Pages are closed at the end of each test,
 * because an open page continues to poll.
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

/** Prints the content of the pages, because the error of a failed wait only names the missing text. */
async function printPages(contexts: readonly BrowserContext[]): Promise<void> {
  for (const page of contexts.flatMap((context) => context.pages())) {
    console.error(`${page.url()}\n${await page.locator('body').ariaSnapshot()}`)
  }
}

/** Closes the pages without waiting for routes that a test has intercepted. */
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

/** Axe's rules of the category `color`. */
const ofColours = ['color-contrast', 'link-in-text-block']

/** Another theme changes only colours, and another language everything else. */
export type AxeRules = 'all' | 'colours' | 'all but colours'

const optionsOf: Readonly<Record<AxeRules, Parameters<AxeBuilder['options']>[0]>> = {
  all: {},
  colours: { runOnly: { type: 'rule', values: ofColours } },
  'all but colours': { rules: Object.fromEntries(ofColours.map((rule) => [rule, { enabled: false }])) },
}

/** The findings of axe in the current page: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md */
export async function axeFindings(page: Page, rules: AxeRules = 'all'): Promise<string[]> {
  const isLoaded = await page.evaluate<boolean>('typeof axe === "object"')
  // The pages have no frames. Without them, the legacy mode finds the same in half the time, because it opens no second page.
  const { violations } = await new AxeBuilder({ page, ...(isLoaded && { axeSource: ';' }) })
    .options({ resultTypes: ['violations'], ...optionsOf[rules] })
    .setLegacyMode()
    .analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${failureSummary} ${html}`),
  )
}

import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type AxeRules, axeFindings } from './visit.ts'

/** CSS pixels. */
const [telephone, tablet, desk] = [360, 768, 1280]
const widths = [telephone, tablet, desk]

/** The class by which the portal shows a theme: portal/src/settings/theme.ts. */
const showDark = (isDark: boolean) => `document.body.classList.toggle('awsui-dark-mode', ${isDark})`

/**
 * What is cut off, or has to be scrolled sideways to be read. A text that ends in an ellipsis says so itself, what is typed into
 * a field is longer than the field, and tabs have buttons that lead to the others. On a telephone the picture of a state machine
 * scrolls: it is too small to be read there.
 */
const clipped = (width: number) => `[...document.querySelectorAll('body *')].filter((element) => {
  if (element.ownerSVGElement || element.matches('input, textarea') || element.textContent.trim() === '') return false
  if (element.closest('[role=tablist]')) return false
  if (${width} === ${telephone} && element.closest('.state-machine')) return false
  const { overflowX, textOverflow, visibility } = getComputedStyle(element)
  const { right, width, height } = element.getBoundingClientRect()
  if (width <= 1 || height <= 1 || visibility === 'hidden' || textOverflow === 'ellipsis') return false
  return right > innerWidth + 1 || (overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1)
}).map((element) => element.tagName + ' ' + element.scrollWidth + ' in ' + element.clientWidth + ': ' + element.textContent.slice(0, 80))`

/** A language in which all is looked at, and what axe looks for in it by theme: what differs between the languages is no colour. */
export const languages = {
  English: { locale: 'en-GB', themes: { light: 'all', dark: 'colours' } },
  Japanese: { locale: 'ja-JP', themes: { light: 'all but colours' } },
} as const satisfies Readonly<Record<string, Language>>

export interface Language {
  readonly locale: string
  readonly themes: { readonly light: AxeRules; readonly dark?: AxeRules }
}

/** For a page that is swept. Colours that move from one theme to the other would be measured on their way. */
export function optionsOf({ locale }: Language) {
  return { locale, colorScheme: 'light', reducedMotion: 'reduce' } as const
}

/**
 * Expects that in each width and theme axe finds no fault in the page as it is, and that nobody has to scroll sideways: neither
 * the page, nor anything in it.
 *
 * @param what is looked at, for the message
 */
export async function expectNoFaults(page: Page, what: unknown, { themes }: Language): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    expect({ what, width, found: await axeFindings(page, themes.light) }).toEqual({ what, width, found: [] })
    // The page has had time to fit itself into the width.
    const is = await page.evaluate('document.documentElement.scrollWidth')
    expect({ what, width, is }).toEqual({ what, width, is: width })
    expect({ what, width, clipped: await page.evaluate(clipped(width)) }).toEqual({ what, width, clipped: [] })
    // A tablet has no colours that neither of the others has.
    if (themes.dark === undefined || width === tablet) continue
    await page.evaluate(showDark(true))
    const found = await axeFindings(page, themes.dark)
    expect({ what, width, theme: 'dark', found }).toEqual({ what, width, theme: 'dark', found: [] })
    await page.evaluate(showDark(false))
  }
}

import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type AxeRules, axeFindings } from './visit.ts'

/** In CSS pixels. */
const [telephone, tablet, desktop] = [360, 768, 1280]
const widths = [telephone, tablet, desktop]

/** Sets the class of the dark theme, as in portal/src/settings/theme.ts. */
const showDark = (isDark: boolean) => `document.body.classList.toggle('awsui-dark-mode', ${isDark})`

/**
 * The texts that are cut off, or need horizontal scrolling. Exceptions: a text with an ellipsis, the value of a field, and tabs,
 * which have buttons to scroll. On a telephone the picture of a state machine also scrolls, because it would be too small.
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

/** The languages that are checked, with the axe rules by theme. The languages do not differ in colours. */
export const languages = {
  English: { locale: 'en-GB', themes: { light: 'all', dark: 'colours' } },
  Japanese: { locale: 'ja-JP', themes: { light: 'all but colours' } },
} as const satisfies Readonly<Record<string, Language>>

export interface Language {
  readonly locale: string
  readonly themes: { readonly light: AxeRules; readonly dark?: AxeRules }
}

/** Options of a page to check. Without animations, because axe would measure colours during the change of the theme. */
export function optionsOf({ locale }: Language) {
  return { locale, colorScheme: 'light', reducedMotion: 'reduce' } as const
}

/**
 * Expects in each width and theme that axe has no findings in the current page, and that neither the page nor its parts need
 * horizontal scrolling.
 *
 * @param what the name of the page, for the message
 */
export async function expectNoFaults(page: Page, what: unknown, { themes }: Language): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    expect({ what, width, found: await axeFindings(page, themes.light) }).toEqual({ what, width, found: [] })
    // The page has adapted to the width during the run of axe.
    const is = await page.evaluate('document.documentElement.scrollWidth')
    expect({ what, width, is }).toEqual({ what, width, is: width })
    expect({ what, width, clipped: await page.evaluate(clipped(width)) }).toEqual({ what, width, clipped: [] })
    // A tablet has no colours of its own.
    if (themes.dark === undefined || width === tablet) continue
    await page.evaluate(showDark(true))
    const found = await axeFindings(page, themes.dark)
    expect({ what, width, theme: 'dark', found }).toEqual({ what, width, theme: 'dark', found: [] })
    await page.evaluate(showDark(false))
  }
}

/** Signing in to the portal at a real OpenID Provider. Only the memory of the page contains the tokens. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { System } from '../e2e/support/system.ts'
import { accessTokenTTL, type SignInPortal, signInPortal } from './support/sign-in.ts'
import { portalSystem } from './support/system.ts'
import { axeFindings, browserForTests, type Visit } from './support/visit.ts'

const visit = browserForTests()

let running: System
let portal: SignInPortal

beforeAll(async () => {
  running = await portalSystem()
  portal = await signInPortal(running)
}, 240_000)
afterAll(() => portal?.close())

/** Opens a page in a browser behind the company's proxy. */
function visitFromInside(options = {}): Promise<Visit> {
  const proxy = { server: running.sandbox.proxy.url, bypass: '127.0.0.1' }
  return visit({ ignoreHTTPSErrors: true, proxy, ...options })
}

/** Signs in at the issuer, whose forms are in English. */
async function signIn(page: Page): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill('ada')
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
}

/** The faults of the portal, without those of the issuer's pages. */
function faultsOfPortal(page: Page): string[] {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    const isOfIssuer = !page.url().startsWith(portal.url) || message.location().url.startsWith(portal.issuer)
    if (message.type() === 'error' && !isOfIssuer) faults.push(message.text())
  })
  return faults
}

/** Everything that the browser stores for the portal. */
async function storedBy(page: Page): Promise<string> {
  const storage = await page.evaluate<string>(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state])',
  )
  const databases = await page.evaluate<unknown[]>('indexedDB.databases()')
  const cookies = await page.context().cookies(portal.url)
  return storage + JSON.stringify([databases, cookies])
}

it('a sign-in returns to the opened page, and a reload needs no sign-in', async () => {
  const { page } = await visitFromInside()
  const faults = faultsOfPortal(page)
  const tokens: string[] = []
  page.on('request', (request) => {
    const [, token] = /^Bearer (.+)/.exec(request.headers().authorization ?? '') ?? []
    if (token !== undefined) tokens.push(token)
  })
  const address = `${portal.url}/operations?kind=setup`
  await page.goto(address)
  await signIn(page)
  await page.getByRole('heading', { name: 'Operations' }).waitFor()
  expect(page.url()).toBe(address)
  await page.getByRole('button', { name: 'ada' }).waitFor()

  expect(tokens.length).toBeGreaterThan(0)
  const storage = await storedBy(page)
  for (const token of tokens) expect(storage).not.toContain(token)
  expect(storage).not.toMatch(/eyJ|verifier/)

  await page.reload()
  await page.getByRole('heading', { name: 'Operations' }).waitFor()
  expect(page.url()).toBe(address)
  expect(faults).toEqual([])
})

it('an address with another host in its path stays on the portal', async () => {
  const { page } = await visitFromInside()
  await page.goto(`${portal.url}//elsewhere.example/x`)
  await signIn(page)
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
  expect(page.url()).toBe(`${portal.url}//elsewhere.example/x`)
})

it('the window of a sign-in has no code in its address', async () => {
  const { page } = await visitFromInside()
  await page.goto(`${portal.url}/signed-in?code=secret&state=of-another-page`)
  await page.getByRole('heading', { name: 'You can close this window' }).waitFor()
  expect(page.url()).toBe(`${portal.url}/signed-in`)
})

it('after the end of a sign-in, a new one runs in another window, and the page keeps its content', async () => {
  const { page } = await visitFromInside()
  const faults = faultsOfPortal(page)
  await page.goto(`${portal.url}/clusters`)
  await signIn(page)
  const filter = page.getByPlaceholder('Find clusters by name or provider')
  await filter.fill('prod')
  const ended = page.getByRole('alert').getByText('Your sign-in has ended')
  await ended.waitFor({ timeout: accessTokenTTL * 1000 + 30_000 })
  expect(await axeFindings(page)).toEqual([])
  const answered = page.waitForResponse((response) => response.url().includes('/people/v1/clusters'))
  await page.getByRole('button', { name: 'Sign in again' }).click()
  expect((await answered).status()).toBe(200)
  await ended.waitFor({ state: 'hidden' })
  expect(await filter.inputValue()).toBe('prod')
  expect(faults).toEqual([])
})

it('a sign-out requires a new sign-in', async () => {
  const { page } = await visitFromInside()
  await page.goto(`${portal.url}/clusters`)
  await signIn(page)
  await page.getByRole('button', { name: 'ada' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Yes, sign me out' }).click()
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
  expect(await axeFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByPlaceholder('Enter any login').waitFor()
})

it('shows a refusal by the issuer', async () => {
  const { page } = await visitFromInside({ locale: 'ja-JP' })
  await page.goto(`${portal.url}/clusters`)
  await page.getByRole('link', { name: 'Cancel' }).click()
  await page.getByRole('heading', { name: 'サインインできませんでした' }).waitFor()
  await page.getByText('access_denied').waitFor()
  expect(await axeFindings(page)).toEqual([])
})

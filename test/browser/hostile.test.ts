/** Attacks on a user of the portal, through shown texts and through addresses; and mix-ups between pages. */
import { beforeAll, expect, it } from 'vitest'
import { existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import type { System } from '../e2e/support/system.ts'
import { failedCluster, heldSetup, type SetUp } from './support/clusters.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'
import { atStep, next } from './support/wizard.ts'

const visit = browserForTests()

let running: System
let failed: SetUp

beforeAll(async () => {
  running = await portalSystem()
  failed = await failedCluster(running, 'hostile')
})

const markup = '<img src="x" onerror="alert(1)"><script>alert(2)</script>'

/** Fields with texts of others. The API validates names, and returns the rest unchanged. */
const written = ['name', 'namespace', 'serviceAccount', 'object', 'reason', 'message', 'requestedBy', 'because', 'item']

/** The answer of the API, with markup added to all texts of others. */
function withMarkup(answer: string): string {
  return JSON.stringify(JSON.parse(answer), (key, value: unknown) =>
    typeof value === 'string' && written.includes(key) ? value + markup : value,
  )
}

it('shows names and reasons as text, never as elements', async () => {
  const { page, faults } = await visit()
  await page.route('**/v1/**', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: withMarkup(await response.text()) })
  })
  const { operationId } = failed.operation
  const paths = [
    '/workloads',
    '/clusters',
    `/clusters/${failed.cluster.name}`,
    '/operations',
    `/operations/${operationId}`,
  ]
  for (const path of paths) {
    await page.goto(running.api + path)
    await page.getByText(markup).filter({ visible: true }).first().waitFor()
    expect(await page.locator('img[src="x"], script:not([src])').count()).toBe(0)
  }
  // The API refuses such names.
  expect(faults.filter((fault) => !fault.includes('status of 4'))).toEqual([])
})

it('closes the dialog of one cluster when another cluster is shown', async () => {
  const { page } = await visit()
  const { cluster, location, release } = await heldSetup(running, 'next')
  await page.goto(`${running.api}/clusters/${cluster.name}`)
  await page.getByRole('heading', { level: 1, name: cluster.name }).waitFor()
  await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: 'Clusters' }).click()
  await page.getByRole('link', { name: failed.cluster.name }).click()
  await page.getByRole('button', { name: 'Actions' }).click()
  await page.getByRole('menuitem', { name: 'Tear down…' }).click()
  await page.getByRole('dialog').getByText('Use force').click()
  await page.evaluate('history.go(-2)')
  await page.getByRole('heading', { level: 1, name: cluster.name }).waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  release()
  await running.ended(location)
})

it('a change starts from the newest request, and not from one that another page has cached', async () => {
  const { page } = await visit()
  const own = await existingCluster(running, 'newest')
  expect((await running.setUp(own.body())).error).toBeUndefined()
  await page.goto(`${running.api}/clusters/${own.name}`)
  await page.getByRole('heading', { level: 1, name: own.name }).waitFor()
  await page.clock.install()
  const body = own.body({ 'workloads.0.role.maxSessionSeconds': 7200 })
  expect((await running.setUp(body)).error).toBeUndefined()
  await page.getByRole('button', { name: 'Actions' }).click()
  await page.getByRole('menuitem', { name: 'Change the setup' }).click()
  await atStep(page, 'Kind of cluster')
  await next(page)
  await next(page)
  expect(await page.getByRole('textbox', { name: 'Longest session in seconds' }).inputValue()).toBe('7200')
})

it('a page whose code cannot be loaded says so, and the navigation still works', async () => {
  const { page } = await visit()
  await page.goto(`${running.api}/clusters`)
  await page.getByRole('link', { name: failed.cluster.name }).waitFor()
  await page.route('**/assets/access-*.js', (route) => route.abort())
  await page.getByRole('button', { name: 'You: administrator' }).click()
  await page.getByRole('menuitem', { name: 'What I may do' }).click()
  await page.getByText('This page cannot be shown').waitFor()
  await page.getByRole('link', { name: 'Operations' }).first().click()
  await page.getByRole('heading', { name: 'Operations' }).waitFor()
  await page.goBack()
  await page.getByText('This page cannot be shown').waitFor()
  await page.unroute('**/assets/access-*.js')
  await page.getByRole('button', { name: 'Load again' }).click()
  await page.getByRole('heading', { name: 'What I may do' }).waitFor()
})

it('an invalid address leads to a page that says so', async () => {
  const { page, faults } = await visit()
  for (const path of ['/__proto__', '/constructor/x', '/clusters/%E0%A4%A', '//elsewhere.example/workloads']) {
    await page.goto(running.api + path)
    await page
      .getByText(/There is no such (page|object)|cannot be read/)
      .first()
      .waitFor()
    expect(new URL(page.url()).host).toBe(new URL(running.api).host)
  }
  expect(faults.filter((fault) => !fault.includes('status of 4'))).toEqual([])
})

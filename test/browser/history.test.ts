import { beforeAll, expect, it } from 'vitest'
import { ownCluster } from '../e2e/support/requests.ts'
import type { System } from '../e2e/support/system.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'

const visit = browserForTests()

let running: System
let cluster: Awaited<ReturnType<typeof ownCluster>>

beforeAll(async () => {
  running = await portalSystem()
  cluster = await ownCluster(running, 'history')
  const added = { namespace: 'apps', serviceAccount: 'later', role: { policyArns: [] } }
  const edits = [
    {},
    { 'workloads.1': added },
    ...[3600, 5400, 7200, 9000].map((seconds) => ({ 'workloads.0.role.maxSessionSeconds': seconds + 60 })),
  ]
  for (const edit of edits) expect((await running.setUp(cluster.body(edit))).error).toBeUndefined()
}, 300_000)

it('the page of a cluster shows the newest generations of its spec with their changes, and all of them on request', async () => {
  const { page, faults } = await visit()
  await page.goto(`${running.api}/clusters/${cluster.name}`)
  const history = page.getByRole('table', { name: 'History of the spec' })
  const rows = history.getByRole('row')
  await rows.nth(5).waitFor()
  const newest = rows.nth(1)
  expect(await newest.getByRole('rowheader').textContent()).toBe('6')
  expect(await newest.textContent()).toContain('changed default/s3-reader: role.maxSessionSeconds')
  expect(await rows.nth(5).textContent()).toContain('added apps/later')
  expect(await rows.count()).toBe(6)
  await page.getByRole('button', { name: 'Show all kept generations' }).click()
  await rows.nth(6).waitFor()
  expect(await rows.nth(6).textContent()).toContain('the first spec')
  await newest.getByRole('link').click()
  await page.waitForURL((url) => url.pathname.startsWith('/operations/'))
  expect(faults).toEqual([])
})

it('the history shows a change that is sent while the page is open, without a reload', async () => {
  const { page, responses } = await visit()
  await page.goto(`${running.api}/clusters/${cluster.name}`)
  await page.getByRole('table', { name: 'History of the spec' }).getByText('added apps/later').waitFor()
  await running.setUp(cluster.body({ 'webhook.failurePolicy': 'Fail' }))
  await page.getByRole('cell', { name: 'webhook.failurePolicy' }).waitFor({ timeout: 30_000 })
  expect(responses.filter((response) => response.request().isNavigationRequest())).toHaveLength(1)
})

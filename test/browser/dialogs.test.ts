import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../portal/src/texts/en.ts'
import { ja } from '../../portal/src/texts/ja.ts'
import { privateCluster, setUpPrivate } from '../e2e/support/private-cluster.ts'
import type { System } from '../e2e/support/system.ts'
import { heldSetup, pageOf } from './support/clusters.ts'
import { portalSystem } from './support/system.ts'
import { axeFindings, browserForTests } from './support/visit.ts'

const visit = browserForTests()

/** CSS pixels: a telephone, a tablet, a desk. */
const widths = [360, 768, 1280]

let running: System
let cluster: string
let kid: string
let report: string

beforeAll(async () => {
  running = await portalSystem()
  const own = await privateCluster(running, 'asked')
  expect((await setUpPrivate(running, own)).ended.error).toBeUndefined()
  cluster = own.name
  kid = own.cluster.signer.keyId
  report = await running.sendDelete(`/v1/clusters/${cluster}?dryRun=true`)
  expect((await running.ended(report)).error).toBeUndefined()
}, 300_000)

async function expectNoFaults(page: Page, what: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    expect({ what, width, found: await axeFindings(page) }).toEqual({ what, width, found: [] })
  }
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each([
    ['English', 'en-GB', en],
    ['Japanese', 'ja-JP', ja],
  ])(
    'neither axe nor the policy of the page finds a fault in a dialog in %s, or while an operation runs',
    async (_, locale, texts) => {
      const { page, faults } = await visit({ colorScheme, locale })
      const clusterPage = `${running.api}/clusters/${cluster}`
      const click = (name: string, role: 'button' | 'menuitem' = 'button') => page.getByRole(role, { name }).click()
      const { change: opensAPage, ...asking } = texts.menuOfCluster
      for (const item of Object.values(asking)) {
        await page.goto(clusterPage)
        await click(texts.actions)
        await click(item, 'menuitem')
        await page.getByRole('dialog').waitFor()
        await expectNoFaults(page, item)
      }
      for (const button of [texts.tearDownTitle('default/s3-reader'), texts.revokeTitle(kid)]) {
        await page.goto(clusterPage)
        await click(button)
        await page.getByRole('dialog').waitFor()
        await expectNoFaults(page, button)
      }
      await page.goto(running.api + pageOf(report))
      await click(texts.next.tearDown)
      await page.getByRole('dialog').waitFor()
      await expectNoFaults(page, texts.next.tearDown)

      const { location, release } = await heldSetup(running, `${colorScheme}-${locale.slice(0, 2)}`)
      await page.goto(running.api + pageOf(location))
      await page.locator('g.node[data-status="running"]').first().waitFor()
      await expectNoFaults(page, 'a setup that runs')
      release()
      await running.ended(location)
      expect(faults).toEqual([])
      await page.context().close()
    },
    300_000,
  )
})

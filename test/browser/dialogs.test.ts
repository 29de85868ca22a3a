import { beforeAll, expect, it } from 'vitest'
import { en } from '../../portal/src/texts/en.ts'
import { ja } from '../../portal/src/texts/ja.ts'
import { privateCluster, setUpPrivate } from '../e2e/support/clusters/private-cluster.ts'
import type { System } from '../e2e/support/system.ts'
import { expectNoFaults, languages, optionsOf } from './support/accessibility.ts'
import { heldSetup, pageOf } from './support/clusters.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'

const visit = browserForTests()

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

it.each([
  ['English', en],
  ['Japanese', ja],
] as const)(
  'dialogs and a running operation in %s pass axe and the content security policy',
  async (name, texts) => {
    const language = languages[name]
    const { page, faults } = await visit(optionsOf(language))
    const click = (name: string, role: 'button' | 'menuitem' = 'button') => page.getByRole(role, { name }).click()
    const expectNoFaultsInDialog = async (what: string) => {
      await page.getByRole('dialog').waitFor()
      await expectNoFaults(page, what, language)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
    }
    const { change: opensAPage, ...withDialogs } = texts.menuOfCluster
    await page.goto(`${running.api}/clusters/${cluster}`)
    for (const item of Object.values(withDialogs)) {
      await click(texts.actions)
      await click(item, 'menuitem')
      await expectNoFaultsInDialog(item)
    }
    for (const button of [texts.tearDownTitle('default/s3-reader'), texts.revokeTitle(kid)]) {
      await click(button)
      await expectNoFaultsInDialog(button)
    }
    await page.goto(running.api + pageOf(report))
    await click(texts.next.tearDown)
    await expectNoFaultsInDialog(texts.next.tearDown)

    const { location, release } = await heldSetup(running, `held-${name.slice(0, 2).toLowerCase()}`)
    await page.goto(running.api + pageOf(location))
    await page.locator('g.node[data-status="running"]').first().waitFor()
    await expectNoFaults(page, 'a running setup', language)
    release()
    await running.ended(location)
    expect(faults).toEqual([])
  },
  300_000,
)

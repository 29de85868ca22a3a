import { DetachRolePolicyCommand } from '@aws-sdk/client-iam'
import { beforeAll, describe, expect, it } from 'vitest'
import { iamClient } from '../e2e/support/aws-clients.ts'
import type { System } from '../e2e/support/system.ts'
import { roleNameOf } from '../support/aws/roles.ts'
import { type SetUp, setUpCluster } from './support/clusters.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'
import { hasFocus } from './support/wizard.ts'

const visit = browserForTests()

let running: System
let ready: SetUp

beforeAll(async () => {
  running = await portalSystem()
  ready = await setUpCluster(running, 'tasks')
})

describe('the portal', () => {
  it('starts with the workloads, finds one, and verifies it', async () => {
    const { page } = await visit()
    await page.goto(running.api)
    await page.getByRole('searchbox').fill(ready.cluster.name)
    await page.getByText('1 match').first().waitFor()
    await page.getByRole('button', { name: 'Verify now: default/s3-reader' }).click()
    await page.getByText(`Verification: ${ready.cluster.name}`).waitFor()
    await page.getByText('Proof for system:serviceaccount:default:s3-reader').waitFor({ timeout: 60_000 })
  })

  it('starts with a link that skips the navigation', async () => {
    const { page } = await visit()
    await page.goto(`${running.api}/clusters`)
    await page.getByRole('link', { name: ready.cluster.name }).waitFor()
    await page.keyboard.press('Tab')
    const skip = page.getByRole('link', { name: 'Skip to main content' })
    expect(await hasFocus(page, skip)).toBe(true)
    expect((await skip.boundingBox())?.y).toBeGreaterThan(0)
    await page.keyboard.press('Enter')
    expect(await hasFocus(page, page.getByRole('main'))).toBe(true)
    await page.keyboard.press('Tab')
    expect(await hasFocus(page, page.getByRole('main').getByRole('link', { name: 'New setup' }))).toBe(true)
  })

  it('shows and copies the manifest of a workload from the API', async () => {
    const { page } = await visit({ permissions: ['clipboard-read', 'clipboard-write'] })
    await page.goto(`${running.api}/workloads`)
    await page.getByRole('searchbox').fill(ready.cluster.name)
    await page.getByText('1 match').first().waitFor()
    await page.getByRole('button', { name: 'More for default/s3-reader' }).click()
    await page.getByRole('menuitem', { name: 'Manifest' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Pod' }).click()
    await dialog.getByText('kind: Pod').waitFor()
    await dialog.getByRole('button', { name: 'Copy' }).click()
    await dialog.getByText('Copied').waitFor()
    const path = `/v1/clusters/${ready.cluster.name}/workloads/default/s3-reader/manifest?kind=Pod`
    const manifest = await (await fetch(running.api + path)).text()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(manifest)
  })

  it('keeps the filter of operations in the address', async () => {
    const { page } = await visit()
    await page.goto(`${running.api}/operations?kind=teardown&cluster=${ready.cluster.name}`)
    await page.getByText('No operations').first().waitFor()
    await page.getByRole('button', { name: /^Kind/ }).click()
    await page.getByRole('option', { name: 'Setup' }).click()
    await page.getByRole('link', { name: ready.cluster.name }).first().waitFor()
    expect(new URL(page.url()).search).toBe(`?kind=setup&cluster=${ready.cluster.name}`)
  })

  it('links from a cluster to all of its operations', async () => {
    const { page } = await visit()
    await page.goto(`${running.api}/clusters/${ready.cluster.name}`)
    await page.getByRole('link', { name: 'All operations of this cluster' }).click()
    await page.getByRole('button', { name: new RegExp(`^Cluster.*${ready.cluster.name}`) }).waitFor()
    await page.getByRole('link', { name: 'Setup' }).first().waitFor()
    expect(new URL(page.url()).search).toBe(`?cluster=${ready.cluster.name}`)
  })

  it('changes its language and its theme at once, and remembers both', async () => {
    const { page } = await visit({ colorScheme: 'light' })
    await page.goto(`${running.api}/clusters`)
    await page.getByRole('button', { name: 'Dark' }).click()
    await page.getByRole('button', { name: 'Language: English' }).click()
    await page.getByRole('menuitem', { name: '日本語' }).click()
    await page.getByRole('heading', { name: 'クラスター' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'クラスター' }).waitFor()
    expect(await page.evaluate('document.body.classList.contains("awsui-dark-mode")')).toBe(true)
  })

  it('shows the last chosen language, although the texts of another one load later', async () => {
    const { page } = await visit()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    await page.route('**/assets/all.ja-*.js', async (route) => {
      await released
      await route.continue()
    })
    await page.goto(`${running.api}/clusters`)
    const choose = async (language: string) => {
      await page.getByRole('button', { name: 'Language: English' }).click()
      await page.getByRole('menuitem', { name: language }).click()
    }
    const late = page.waitForResponse('**/assets/all.ja-*.js')
    await choose('日本語')
    await choose('English')
    release()
    await page.evaluate(`import('${(await late).url()}')`)
    await page.getByRole('heading', { name: 'Clusters' }).waitFor()
    expect(await page.evaluate('document.documentElement.lang')).toBe('en')
  })

  it('does not poll in a hidden tab, and polls at once when the tab is visible again', async () => {
    const { page } = await visit()
    await page.addInitScript(
      `Object.defineProperty(document, 'visibilityState', { get: () => window.seen ?? 'visible' })`,
    )
    const turn = (seen: 'hidden' | 'visible') =>
      page.evaluate(`window.seen = '${seen}'; document.dispatchEvent(new Event('visibilitychange'))`)
    const sent: string[] = []
    await page.clock.install()
    await page.goto(`${running.api}/operations`)
    await page.getByRole('link', { name: ready.cluster.name }).first().waitFor()
    await page.waitForLoadState('networkidle')
    await turn('hidden')
    page.on('request', (request) => sent.push(request.url()))
    await page.clock.runFor('05:00')
    expect(sent).toEqual([])
    const answer = page.waitForResponse((response) => response.url().includes('/v1/operations'))
    await turn('visible')
    expect((await answer).status()).toBe(200)
  })

  it('reports an unknown cluster and an unknown page', async () => {
    const { page } = await visit()
    await page.goto(`${running.api}/clusters/nobody-knows-it`)
    await page.getByText('There is no such object').waitFor()
    await page.goto(`${running.api}/nowhere`)
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
  })

  it('forbids inline styles, and text as HTML', async () => {
    const { page, faults } = await visit()
    await page.goto(`${running.api}/clusters`)
    await page.getByRole('link', { name: ready.cluster.name }).waitFor()
    expect(faults).toEqual([])
    await page.evaluate(`document.body.setAttribute('style', 'color: red')`)
    await expect(page.evaluate(`document.body.innerHTML = '<b>text</b>'`)).rejects.toThrow('TrustedHTML')
    expect(faults.join()).toContain('style-src-attr refused inline')
  })

  it('starts a drift of a cluster, and shows the differences', async () => {
    const { page } = await visit()
    const iam = iamClient(running)
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
    await iam.send(new DetachRolePolicyCommand({ RoleName: roleNameOf(ready.cluster.name), PolicyArn }))
    iam.destroy()
    await page.goto(`${running.api}/clusters`)
    await page.getByRole('link', { name: ready.cluster.name }).click()
    await page.getByRole('button', { name: 'Look for drift' }).click()
    await page.getByText(`Drift report: ${ready.cluster.name}`).waitFor()
    const differences = page.getByRole('table', { name: 'Differences from the request' })
    await differences.getByText(PolicyArn).waitFor({ timeout: 60_000 })
    await page.getByText('Drifted (Security)').waitFor()
    const [severity, found] = ['Security', 'Changed'].map((word) => differences.getByText(word, { exact: true }))
    expect((await found?.boundingBox())?.y).toBeGreaterThan((await severity?.boundingBox())?.y ?? 0)
    await page.goBack()
    await page.getByRole('heading', { name: ready.cluster.name }).waitFor()
    await page.getByRole('table', { name: 'Newest operations' }).getByText('Complete', { exact: true }).waitFor()
  })

  it('omits unknown values of a cluster', async () => {
    const { page } = await visit()
    await page.goto(`${running.api}/clusters/${ready.cluster.name}`)
    await page.getByText('AWS region', { exact: true }).waitFor()
    // The tokens of the sandbox's clusters have no end.
    expect(await page.getByText('Credentials end', { exact: true }).count()).toBe(0)
  })
})

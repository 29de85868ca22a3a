import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { System } from '../e2e/support/system.ts'
import { heldSetup, pageOf, type SetUp, setUpCluster } from './support/clusters.ts'
import { portalSystem } from './support/system.ts'
import { axeFindings, browserForTests } from './support/visit.ts'
import { hasFocus } from './support/wizard.ts'

const visit = browserForTests()

let running: System
let ready: SetUp

beforeAll(async () => {
  running = await portalSystem()
  ready = await setUpCluster(running, 'users')
})

async function visitAs(user: string, path: string) {
  const visited = await visit()
  await visited.page.addInitScript(`localStorage.setItem('local-user', '${user}')`)
  await visited.page.goto(running.api + path)
  await visited.page.getByRole('button', { name: `You: ${user}` }).waitFor()
  return visited
}

/** Returns 'offered', or the text that says who may do this. */
async function offered(page: Page, action: string): Promise<string> {
  const whoMay = page.getByRole('button', { name: `${action}: who may do this` })
  await page
    .getByRole('button', { name: new RegExp(`^${action}(: |$)`) })
    .first()
    .waitFor()
  if ((await whoMay.count()) === 0) return 'offered'
  await whoMay.first().click()
  const dialog = page.getByRole('dialog', { name: action })
  const text = await dialog.getByText(/^(Only|Nobody)/).textContent()
  await page.keyboard.press('Escape')
  return text ?? 'nothing'
}

const operators = 'Only an operator or an administrator may do it, with a grant for this cluster or namespace.'
const developers =
  'Only a developer, an operator or an administrator may do it, with a grant for this cluster or namespace.'

interface Offers {
  readonly user: string
  readonly onWorkload: string
  readonly onCluster: string
}

const offers: readonly Offers[] = [
  { user: 'viewer', onWorkload: developers, onCluster: operators },
  { user: 'developer', onWorkload: 'offered', onCluster: operators },
  { user: 'operator', onWorkload: 'offered', onCluster: 'offered' },
  { user: 'administrator', onWorkload: 'offered', onCluster: 'offered' },
]

describe.each(offers)('$user', ({ user, onWorkload, onCluster }) => {
  it('sees on each page the actions of its role, and who may do the others', async () => {
    const { page, faults } = await visitAs(user, '/workloads')
    await page.getByRole('searchbox').fill(ready.cluster.name)
    await page.getByText('1 match').first().waitFor()
    expect(await offered(page, 'Verify now')).toBe(onWorkload)
    expect(await axeFindings(page)).toEqual([])

    await page.getByRole('link', { name: ready.cluster.name }).first().click()
    await page.getByRole('heading', { name: ready.cluster.name }).waitFor()
    expect(await offered(page, 'Verify')).toBe(onCluster)
    expect(await offered(page, 'Look for drift')).toBe(onCluster)
    expect(await axeFindings(page)).toEqual([])

    await page.goto(`${running.api}/operations/${ready.operation.operationId}`)
    expect(await offered(page, 'Send again')).toBe(onCluster)
    expect(faults).toEqual([])
  })

  it('gets the same decisions from the API', async () => {
    const { page } = await visitAs(user, '/access')
    await page.getByRole('rowheader', { name: 'tear-down-cluster' }).waitFor()
    const row = page.getByRole('row').filter({ hasText: 'tear-down-cluster' })
    await row.getByText(onCluster === 'offered' ? 'You may' : 'You may not', { exact: true }).waitFor()
    const response = await fetch(`${running.api}/v1/clusters/${ready.cluster.name}?dryRun=true`, {
      method: 'DELETE',
      headers: { 'x-local-user': user },
    })
    expect(response.status).toBe(onCluster === 'offered' ? 202 : 403)
  })
})

it("a developer cannot cancel another user's operation, and sees who may", async () => {
  const { location, release } = await heldSetup(running, 'others')
  const { page } = await visitAs('developer', pageOf(location))
  expect(await offered(page, 'Cancel')).toBe(operators)
  release()
  await running.ended(location)
})

it('a developer sees which role may see an operation on all clusters', async () => {
  const location = await running.send('/v1/rotations', { dryRun: true })
  const { page } = await visitAs('developer', pageOf(location))
  await page.getByText('this requires the role viewer').waitFor()
})

describe('the menu of the user', () => {
  it('starts with the administrator, and updates the page for another user', async () => {
    const { page, faults } = await visit()
    await page.goto(`${running.api}/clusters/${ready.cluster.name}`)
    expect(await offered(page, 'Verify')).toBe('offered')
    await page.getByRole('button', { name: 'You: administrator' }).click()
    await page.getByRole('menuitem', { name: 'administrator (you)' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.getByRole('menuitem', { name: 'viewer' }).click()
    await page.getByRole('button', { name: 'You: viewer' }).waitFor()
    expect(await offered(page, 'Verify')).toBe(operators)
    await page.reload()
    expect(await offered(page, 'Verify')).toBe(operators)
    expect(faults).toEqual([])
  })

  it('follows the choice of another tab', async () => {
    const { page } = await visit()
    await page.goto(`${running.api}/clusters`)
    await page.getByRole('button', { name: 'You: administrator' }).waitFor()
    const other = await page.context().newPage()
    await other.goto(`${running.api}/clusters`)
    await other.getByRole('button', { name: 'You: administrator' }).click()
    await other.getByRole('menuitem', { name: 'operator', exact: true }).click()
    await page.getByRole('button', { name: 'You: operator' }).waitFor()
  })

  it('leads to the permissions and grants of the user', async () => {
    const { page } = await visitAs('developer', '/clusters')
    await page.getByRole('button', { name: 'You: developer' }).click()
    await page.getByRole('menuitem', { name: 'What I may do' }).click()
    await page.getByRole('heading', { name: 'What I may do' }).waitFor()
    const grants = page.getByRole('table', { name: 'Grants' })
    await grants.getByText('developers').waitFor()
    await grants.getByText('default').waitFor()
  })
})

describe('the short form', () => {
  it('lets a developer give a role to a workload in its namespace, with a policy of its grant', async () => {
    const { page, faults } = await visitAs('developer', '/workloads')
    await page.getByRole('button', { name: 'Give a workload a role' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Give the role' }).click()
    expect(await dialog.getByText('Fill this in').count()).toBe(4)
    await expect.poll(() => hasFocus(page, dialog.getByRole('button', { name: /^Cluster/ }))).toBe(true)
    await dialog.getByRole('button', { name: /^Cluster/ }).click()
    await page.getByRole('option', { name: ready.cluster.name }).click()
    await dialog.getByRole('combobox', { name: 'Namespace' }).click()
    await page.getByRole('option', { name: 'default' }).click()
    await dialog.getByRole('textbox', { name: 'Service account' }).fill('Exporter')
    const policy = dialog.getByRole('combobox', { name: 'Policy' })
    await dialog.getByText('every policy of the form arn:aws:iam::*:policy/workload-identity/*').waitFor()
    await policy.fill('exporter')
    await dialog
      .getByText('The workload gets the policy arn:aws:iam::000000000000:policy/workload-identity/exporter')
      .waitFor()
    await policy.fill('arn:aws:iam::aws:policy/AdministratorAccess')
    await dialog.getByText('None of your grants allows this policy for this workload').waitFor()
    await policy.fill('arn:aws:s3:::reports')
    await dialog.getByText('This is not the ARN of a managed policy').waitFor()
    await policy.fill('')
    await policy.click()
    await page.getByRole('option', { name: 'AmazonS3ReadOnlyAccess' }).click()
    expect(await axeFindings(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Give the role' }).click()
    await dialog.getByText('"Exporter" is not a DNS-1123').waitFor()
    const account = dialog.getByRole('textbox', { name: 'Service account' })
    await expect.poll(() => hasFocus(page, account)).toBe(true)
    await account.fill('exporter')
    await page.keyboard.press('Enter')
    await page.getByText('Proof for system:serviceaccount:default:exporter').waitFor({ timeout: 60_000 })
    expect(faults.filter((fault) => !fault.includes('400'))).toEqual([])
  })

  it('says before sending that no grant is for a namespace', async () => {
    const { page } = await visitAs('developer', '/workloads')
    await page.getByRole('button', { name: 'Give a workload a role' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Namespace' }).fill('kube-system')
    await dialog.getByRole('textbox', { name: 'Service account' }).click()
    await dialog.getByText('None of your grants is for this namespace of the cluster').waitFor()
  })

  it('is not offered to a viewer', async () => {
    const { page } = await visitAs('viewer', '/workloads')
    expect(await offered(page, 'Give a workload a role')).toBe(developers)
  })
})

it('the menu of a workload shows a viewer who may tear it down', async () => {
  const { page } = await visitAs('viewer', '/workloads')
  await page.getByRole('searchbox').fill(ready.cluster.name)
  await page.getByRole('button', { name: 'Verify now: who may do this' }).first().waitFor()
  await page
    .getByRole('button', { name: /^More for/ })
    .first()
    .click()
  const item = page.getByRole('menuitem', { name: 'Tear down…' })
  // The text is the description of the menu item, and is visible on hover.
  await page.getByText(developers).waitFor({ state: 'attached' })
  expect(await item.getAttribute('aria-disabled')).toBe('true')
})

import { spawnSync } from 'node:child_process'
import type { Page, Request } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { en } from '../../portal/src/pages/new-setup/texts/en.ts'
import { ja } from '../../portal/src/pages/new-setup/texts/ja.ts'
import { existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import { ownCluster } from '../e2e/support/requests.ts'
import type { System } from '../e2e/support/system.ts'
import { expectNoFaults, languages, optionsOf } from './support/accessibility.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'
import { atStep, field, fillFrom, fillIn, hasFocus, next, policyArn, tabTo } from './support/wizard.ts'

const visit = browserForTests()

let running: System

beforeAll(async () => {
  running = await portalSystem()
})

const start = (page: Page) => page.getByRole('button', { name: 'Start', exact: true })
/** The link in the list of clusters. */
const newSetup = (page: Page) => page.getByRole('main').getByRole('link', { name: 'New setup' })
const proof = (page: Page) => page.getByText('Proof for system:serviceaccount:reports:exporter')
/** Waits for the plan. Before it, Start does nothing. */
const planned = (page: Page) => page.getByText('A setup would make these changes').waitFor({ timeout: 60_000 })

async function opened(page: Page, query = ''): Promise<void> {
  await page.goto(`${running.api}/new-setup${query}`)
  await atStep(page, 'Kind of cluster')
}

describe('a new setup', () => {
  it('leads from the form through its plan to the proof', async () => {
    const { page, faults } = await visit()
    const own = await existingCluster(running, 'wizard')
    await page.goto(`${running.api}/clusters`)
    await newSetup(page).click()
    await fillIn(page, own)
    await next(page)
    await planned(page)
    const changes = page.getByRole('table', { name: 'What it would change' })
    await changes.getByText('ServiceAccount reports/exporter').waitFor()
    await changes.getByText(own.providerArn, { exact: true }).waitFor()
    expect((await fetch(`${running.api}/v1/clusters/${own.name}`)).status).toBe(404)
    await start(page).click()
    await page.getByText(`Setup: ${own.name}`).waitFor()
    await proof(page).waitFor({ timeout: 60_000 })
    expect(faults).toEqual([])
  })

  it('can be made with the keyboard alone', async () => {
    const { page } = await visit()
    const own = await existingCluster(running, 'keyboard')
    const press = (key: string) => page.keyboard.press(key)
    const nextByKey = async () => {
      await tabTo(page, page.getByRole('button', { name: 'Next' }))
      await press('Enter')
    }
    const enter = async (label: string, text: string) => {
      await tabTo(page, field(page, label))
      await page.keyboard.insertText(text)
    }
    await page.goto(`${running.api}/clusters`)
    await tabTo(page, newSetup(page))
    await press('Enter')
    await tabTo(page, page.getByRole('radio', { name: 'Existing cluster, private issuer' }))
    await press('ArrowDown')
    await nextByKey()
    await enter('Name of the cluster', own.name)
    await enter('Secret with the credentials of the cluster', own.secretArn)
    await enter('Issuer', own.issuerUrl)
    await nextByKey()
    await enter('Namespace', 'reports')
    await enter('Service account', 'exporter')
    await enter('Managed policies', policyArn)
    await nextByKey()
    await atStep(page, 'Webhook')
    await nextByKey()
    await planned(page)
    await tabTo(page, start(page))
    await press('Enter')
    await proof(page).waitFor({ timeout: 60_000 })
  })

  it('keeps the entered values on the way back, and asks before they are lost', async () => {
    const { page } = await visit()
    const own = await existingCluster(running, 'kept')
    await page.goto(`${running.api}/operations`)
    await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: 'New setup' }).click()
    await fillIn(page, own)
    for (const title of ['Workloads', 'Cluster', 'Kind of cluster']) {
      await page.getByRole('button', { name: 'Previous' }).click()
      await atStep(page, title)
    }
    await next(page)
    expect(await field(page, 'Name of the cluster').inputValue()).toBe(own.name)
    await page.getByRole('link', { name: 'Operations' }).first().click()
    await page.getByRole('dialog').getByText('Leave without starting the setup?').waitFor()
    await page.getByRole('button', { name: 'Stay here' }).click()
    await page.evaluate('history.back()')
    await page.getByRole('dialog').getByRole('button', { name: 'Stay here' }).click()
    expect(await field(page, 'Name of the cluster').inputValue()).toBe(own.name)
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Leave', exact: true }).click()
    await page.getByRole('heading', { name: 'Clusters' }).waitFor()
  })

  it('starts one operation although its answer is lost', async () => {
    const { page } = await visit()
    const own = await existingCluster(running, 'lost')
    await opened(page)
    await fillIn(page, own)
    await next(page)
    await planned(page)
    const sent: Request[] = []
    await page.route('**/v1/setups?*', async (route) => {
      sent.push(route.request())
      if (sent.length > 1) return route.continue()
      await route.fetch()
      await route.abort()
    })
    await start(page).dblclick()
    await proof(page).waitFor({ timeout: 60_000 })
    const keys = sent.map((request) => request.headers()['idempotency-key'])
    expect(keys.length).toBeGreaterThan(1)
    expect(new Set(keys).size).toBe(1)
    const listed = await fetch(`${running.api}/v1/operations?cluster=${own.name}&kind=setup`)
    expect(await listed.json()).toMatchObject({ operations: [{ cluster: own.name }] })
  })
})

it('proposes a secret for the name of the cluster, and accepts the name of a policy', async () => {
  const { page } = await visit()
  const own = await existingCluster(running, 'proposed')
  await opened(page)
  await page.getByRole('radio', { name: 'Existing cluster, public issuer' }).check()
  await next(page)
  const secret = field(page, 'Secret with the credentials of the cluster')
  await field(page, 'Name of the cluster').fill('other')
  await expect.poll(() => secret.inputValue()).toMatch(/:secret:workload-identity\/other\/user-cluster$/)
  await field(page, 'Name of the cluster').fill(own.name)
  await expect.poll(() => secret.inputValue()).toBe(own.secretArn)
  await secret.fill(`${own.secretArn}-mine`)
  await field(page, 'Name of the cluster').fill('other')
  expect(await secret.inputValue()).toBe(`${own.secretArn}-mine`)
  await next(page)
  const policies = field(page, 'Managed policies')
  await policies.fill('AmazonS3ReadOnlyAccess\nreports')
  await page.getByText(`The workload gets the policy ${policyArn}`).waitFor()
  await page
    .getByText('The workload gets the policy arn:aws:iam::000000000000:policy/workload-identity/reports')
    .waitFor()
  await page.getByRole('button', { name: 'Edit as YAML' }).click()
  expect(await page.getByRole('dialog').getByRole('textbox').inputValue()).toContain(`- ${policyArn}\n`)
})

it('shows the field of a secret only once its proposal is known', async () => {
  const { page } = await visit()
  const { promise: isAnswered, resolve: answer } = Promise.withResolvers<void>()
  await page.route('**/v1/access', async (route) => {
    await isAnswered
    await route.continue()
  })
  await opened(page)
  await next(page)
  await page.getByText('Loading').waitFor()
  expect(await page.getByRole('textbox').count()).toBe(0)
  answer()
  await field(page, 'Secret with the credentials of the cluster').waitFor()
})

describe('a fault', () => {
  it('is shown beside its field while typing, and says what to enter', async () => {
    const { page } = await visit()
    await opened(page)
    await next(page)
    await field(page, 'Name of the cluster').fill('Prod_EU')
    await page.getByText('This is not of the right form. Lower-case letters, digits and hyphens').waitFor()
    await field(page, 'Name of the cluster').fill('prod-eu')
    await page.getByText('This is not of the right form.').waitFor({ state: 'detached' })
    const secret = field(page, 'Secret with the credentials of the cluster')
    await secret.fill('')
    await next(page)
    await page.getByText('This is missing. An ARN, such as').waitFor()
    await expect.poll(() => hasFocus(page, secret)).toBe(true)
  })

  it('of the API is shown beside its field, on the step of the field', async () => {
    const { page } = await visit()
    const own = await existingCluster(running, 'refused')
    await opened(page)
    await fillIn(page, { ...own, secretArn: own.secretArn.replace(own.name, 'another') })
    await next(page)
    await atStep(page, 'Cluster')
    const message = page.getByText(/^names a secret that is not under/)
    await message.waitFor()
    const secret = field(page, 'Secret with the credentials of the cluster')
    await expect.poll(() => hasFocus(page, secret)).toBe(true)
    await secret.fill(own.secretArn)
    await message.waitFor({ state: 'detached' })
  })

  it('without a field is listed, with a link to the YAML', async () => {
    const { page } = await visit()
    const own = await existingCluster(running, 'unknown')
    await opened(page)
    await fillFrom(page, JSON.stringify({ ...Object(own.body()), workload: [] }))
    const alert = page.getByRole('group').filter({ hasText: 'Correct these parts of the request' })
    await expect.poll(() => hasFocus(page, alert)).toBe(true)
    await page.getByRole('button', { name: 'Correct them in the YAML' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('cluster:\n  name: a\n b')
    await page.getByRole('button', { name: 'Fill the form' }).click()
    const fault = page.getByRole('dialog').getByRole('group').filter({ hasText: 'Line 3, column 1 is not YAML' })
    await expect.poll(() => hasFocus(page, fault)).toBe(true)
  })
})

describe('the request as text', () => {
  it('fills the form from a file, and round-trips as YAML and as a command that the API accepts', async () => {
    const { page } = await visit({ permissions: ['clipboard-read', 'clipboard-write'] })
    const own = await ownCluster(running, 'yaml')
    await opened(page)
    await page.getByRole('button', { name: 'Edit as YAML' }).click()
    const file = { name: 'request.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(own.body())) }
    await page.locator('input[type=file]').setInputFiles(file)
    await expect.poll(() => page.getByRole('dialog').getByRole('textbox').inputValue()).toContain(own.name)
    await page.getByRole('button', { name: 'Fill the form' }).click()
    expect(await page.getByRole('radio', { name: 'Anthos clusters on AWS, new' }).isChecked()).toBe(true)
    for (const title of ['Cluster', 'Creation of the cluster', 'Workloads', 'Webhook', 'Plan and start']) {
      await next(page)
      await atStep(page, title)
    }
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Download ${own.name}.yaml` }).click(),
    ])
    expect(download.suggestedFilename()).toBe(`${own.name}.yaml`)
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    expect(parse(await clipboard(page))).toEqual(own.body())
    await page.getByRole('tab', { name: 'curl' }).click()
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    const sent = spawnSync('bash', ['-c', `curl() { echo "$4"; cat; }\n${await clipboard(page)}`], { encoding: 'utf8' })
    const [address = '', ...body] = sent.stdout.split('\n')
    expect(address).toBe(`${running.api}/v1/setups`)
    expect((await running.post(JSON.parse(body.join('\n')))).status).toBe(202)
  })
})

async function clipboard(page: Page): Promise<string> {
  return String(await page.evaluate('navigator.clipboard.readText()'))
}

describe('the setup of a recorded cluster', () => {
  it('starts from the recorded spec, and sends it with the changes', async () => {
    const { page } = await visit()
    const own = await existingCluster(running, 'changed')
    const setUp = await running.send('/v1/setups?manager=portal', own.body())
    expect((await running.ended(setUp)).error).toBeUndefined()
    await page.goto(`${running.api}/new-setup?cluster=${own.name}`)
    await atStep(page, 'Kind of cluster')
    await next(page)
    expect(await field(page, 'Name of the cluster').getAttribute('readonly')).not.toBeNull()
    await next(page)
    await field(page, 'Longest session in seconds').fill('5400')
    await next(page)
    await next(page)
    const changed = page.getByRole('table', { name: 'What it would change' })
    await changed.getByText(own.roleArn).first().waitFor({ timeout: 60_000 })
    await changed.getByText('5400').first().waitFor()
    await start(page).click()
    await proof(page).waitFor({ timeout: 60_000 })
  })
})

it('a setup by an agent needs no secret, and the pages say how to enrol the agent and whether it calls', async () => {
  const { page, faults } = await visit()
  const own = await existingCluster(running, 'by-agent')
  await opened(page)
  await page.getByRole('radio', { name: 'Existing cluster, public issuer' }).check()
  await next(page)
  await field(page, 'Name of the cluster').fill(own.name)
  await page.getByRole('radio', { name: 'Agent' }).check()
  await expect.poll(() => page.getByRole('textbox', { name: /Secret|Proxy/ }).count()).toBe(0)
  await next(page)
  await field(page, 'Namespace').fill('reports')
  await field(page, 'Service account').fill('exporter')
  await field(page, 'Managed policies').fill(policyArn)
  await next(page)
  await next(page)
  await start(page).click({ timeout: 60_000 })
  await page.getByText(`Setup: ${own.name}`).waitFor()
  await page.getByText(`wid enroll ${own.name} | helm upgrade`).waitFor({ timeout: 60_000 })

  await page.goto(`${running.api}/clusters`)
  await page.getByRole('row', { name: own.name }).getByText('No agent is enrolled').waitFor()
  const calledAt = new Date(Date.now() - 5 * 60_000).toISOString()
  await page.route(`**/v1/clusters/${own.name}`, async (route) => {
    const response = await route.fetch()
    const body = Object(await response.json())
    await route.fulfill({ response, json: { ...body, agent: { version: '1.0.0', calledAt } } })
  })
  await page.getByRole('link', { name: own.name }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.getByText('Agent 1.0.0 has stopped calling the API').waitFor()
  expect(faults).toEqual([])
})

it('the form sets what a scheduled drift does, and the page of the cluster shows a value other than report', async () => {
  const { page } = await visit()
  const own = await existingCluster(running, 'suspended')
  const setUp = await running.send('/v1/setups?manager=portal', own.body())
  expect((await running.ended(setUp)).error).toBeUndefined()
  await page.goto(`${running.api}/clusters/${own.name}`)
  await page.getByText('Last drift report').waitFor()
  expect(await page.getByText('Scheduled drift check').count()).toBe(0)
  await page.goto(`${running.api}/new-setup?cluster=${own.name}`)
  await atStep(page, 'Kind of cluster')
  await next(page)
  const choice = page.getByRole('radiogroup').filter({ hasText: 'Suspended' })
  expect(await choice.getByRole('radio', { name: 'Report' }).isChecked()).toBe(true)
  await choice.getByRole('radio', { name: 'Suspended' }).check()
  for (const title of ['Workloads', 'Webhook', 'Plan and start']) {
    await next(page)
    await atStep(page, title)
  }
  await start(page).click({ timeout: 60_000 })
  await proof(page).waitFor({ timeout: 60_000 })
  await page.goto(`${running.api}/clusters/${own.name}`)
  await page.getByText('Suspended: It skips this cluster').waitFor()
})

it.each([
  ['English', 'Next', 'What it would change', en],
  ['Japanese', '次へ', '変更される内容', ja],
] as const)(
  'each step in %s passes axe and the content security policy',
  async (name, nextStep, changes, texts) => {
    const language = languages[name]
    const { page, faults } = await visit(optionsOf(language))
    const own = await ownCluster(running, 'steps')
    await page.goto(`${running.api}/new-setup`)
    await page.getByRole('button', { name: texts.editYaml }).click()
    await page.getByRole('dialog').getByRole('textbox').waitFor()
    await expectNoFaults(page, 'YAML', language)
    await page.getByRole('dialog').getByRole('textbox').fill(JSON.stringify(own.body()))
    await page.getByRole('button', { name: texts.fill }).click()
    for (const step of ['kind', 'cluster', 'creation', 'workloads', 'webhook'] as const) {
      await page.getByRole('heading', { level: 1, name: texts.steps[step].title, exact: true }).waitFor()
      await expectNoFaults(page, step, language)
      await page.getByRole('button', { name: nextStep }).click()
    }
    await page.getByRole('table', { name: changes }).waitFor({ timeout: 60_000 })
    await expectNoFaults(page, 'review', language)
    expect(faults).toEqual([])
  },
  300_000,
)

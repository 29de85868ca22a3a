import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { en } from '../../portal/src/texts/en.ts'
import { ja } from '../../portal/src/texts/ja.ts'
import { existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import type { System } from '../e2e/support/system.ts'
import { expectNoFaults, languages, optionsOf } from './support/accessibility.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'
import { atStep, field, hasFocus, next, policyArn } from './support/wizard.ts'

const visit = browserForTests()

/** The maximum duration of an operation, in milliseconds. */
const timeout = 60_000

/** The managers of the workloads in a list of the API. */
const managers = z.pipe(
  z.object({ workloads: z.array(z.object({ manager: z.string() })) }),
  z.transform(({ workloads }) => workloads.map(({ manager }) => manager)),
)

type Own = Awaited<ReturnType<typeof existingCluster>>

let running: System

beforeAll(async () => {
  running = await portalSystem()
})

/** Sets up a cluster with a workload that a file declares. */
async function declaredByFile(purpose: string): Promise<Own> {
  const own = await existingCluster(running, purpose)
  const location = await running.send('/v1/setups?manager=file', own.body({ 'workloads.0.role.name': undefined }))
  expect((await running.ended(location)).error).toBeUndefined()
  return own
}

async function managersOf({ name }: Own): Promise<unknown> {
  return managers.parse(await (await fetch(`${running.api}/v1/workloads?cluster=${name}`)).json())
}

/** Requests in the short form another role than the file has declared. */
async function giveAnotherRole(page: Page, { name }: Own, texts: typeof en): Promise<Locator> {
  await page.goto(`${running.api}/workloads`)
  await page.getByRole('button', { name: texts.giveRole.title }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: new RegExp(`^${texts.cluster}`) }).click()
  await page.getByRole('option', { name }).click()
  await dialog.getByRole('combobox', { name: texts.giveRole.namespace }).fill('reports')
  await dialog.getByRole('combobox', { name: texts.giveRole.policy }).fill(policyArn)
  // Last, because the proposals of the other fields cover the button until this field has the focus.
  await dialog.getByRole('textbox', { name: texts.giveRole.serviceAccount }).fill('exporter')
  await dialog.getByRole('button', { name: texts.giveRole.send }).click()
  return dialog
}

describe('the manager of a workload', () => {
  it('is shown once on the page of a cluster, or beside each workload if they differ', async () => {
    const { page } = await visit()
    const own = await declaredByFile('alike')
    const workloads = page.getByRole('table', { name: 'Workloads' })
    await page.goto(`${running.api}/clusters/${own.name}`)
    await page.getByText('Declared by file').waitFor()
    expect(await workloads.getByText('Declared by').count()).toBe(0)
    await page.goto(`${running.api}/workloads`)
    const listed = page.getByRole('row').filter({ hasText: own.name })
    await listed.getByText('reports/exporter').waitFor()
    expect(await listed.getByText('Declared by').count()).toBe(0)
    const added = { namespace: 'reports', serviceAccount: 'importer', role: { policyArns: [] } }
    await running.ended(await running.send(`/v1/clusters/${own.name}/workloads?manager=terraform`, added))
    await page.goto(`${running.api}/clusters/${own.name}`)
    const row = (name: string) => workloads.getByRole('row').filter({ hasText: name })
    await row('reports/importer').getByText('Declared by terraform').waitFor()
    await row('reports/exporter').getByText('Declared by file').waitFor()
    expect(await page.getByText('Declared by').count()).toBe(2)
    await page.goto(`${running.api}/workloads`)
    await listed.getByText('Declared by terraform').waitFor()
  })
})

describe('a workload that another manager declares', () => {
  it('is taken over by the short form after a confirmation', async () => {
    const { page, faults } = await visit()
    const own = await declaredByFile('taken')
    const dialog = await giveAnotherRole(page, own, en)
    const refusal = dialog.getByRole('group').filter({ hasText: 'reports/exporter is declared by file' })
    await expect.poll(() => hasFocus(page, refusal)).toBe(true)
    await refusal.getByRole('button', { name: 'Take over…' }).click()
    await refusal
      .getByText('After that, file cannot give these workloads another role without taking them over again.')
      .waitFor()
    await expect.poll(() => hasFocus(page, refusal)).toBe(true)
    expect(await managersOf(own)).toEqual(['file'])
    await refusal.getByRole('button', { name: 'Take over', exact: true }).click()
    await page.getByText('Proof for system:serviceaccount:reports:exporter').waitFor({ timeout })
    expect(await managersOf(own)).toEqual(['portal'])
    // The browser logs the answer 409.
    expect(faults.filter((fault) => !fault.includes('409'))).toEqual([])
  })

  it('is taken over in the wizard with one confirmation for plan and setup', async () => {
    const { page } = await visit()
    const own = await declaredByFile('wizard')
    await page.goto(`${running.api}/new-setup?cluster=${own.name}`)
    await atStep(page, 'Kind of cluster')
    await next(page)
    await next(page)
    await field(page, 'Longest session in seconds').fill('5400')
    await next(page)
    await next(page)
    await page.getByText('reports/exporter is declared by file, with another role').waitFor()
    await page.getByRole('button', { name: 'Take over…' }).click()
    await page.getByRole('button', { name: 'Take over', exact: true }).click()
    await page.getByText('A setup would make these changes').waitFor({ timeout })
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByText('Proof for system:serviceaccount:reports:exporter').waitFor({ timeout })
    expect(await managersOf(own)).toEqual(['portal'])
  })

  it('keeps its manager without a confirmation', async () => {
    const { page } = await visit()
    const own = await declaredByFile('kept')
    const dialog = await giveAnotherRole(page, own, en)
    await dialog.getByRole('button', { name: 'Take over…' }).click()
    await dialog.getByRole('button', { name: 'Leave it as it is' }).click()
    await dialog.getByRole('button', { name: 'Take over…' }).waitFor()
    expect(await managersOf(own)).toEqual(['file'])
  })

  it.each([
    ['English', en, 'Take over…'],
    ['Japanese', ja, '引き継ぐ…'],
  ] as const)(
    'is reported in %s without findings of axe',
    async (name, texts, takeOver) => {
      const language = languages[name]
      const { page } = await visit(optionsOf(language))
      const own = await declaredByFile(`said-${language.locale.slice(0, 2)}`)
      const dialog = await giveAnotherRole(page, own, texts)
      await dialog.getByRole('button', { name: takeOver }).click()
      await expectNoFaults(page, 'a conflict between managers', language)
    },
    300_000,
  )
})

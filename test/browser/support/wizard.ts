import type { Locator, Page } from 'playwright-core'
import type { ExistingCluster } from '../../e2e/support/clusters/existing-cluster.ts'

export const policyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

export function next(page: Page): Promise<void> {
  return page.getByRole('button', { name: 'Next' }).click()
}

/** The field with this label. */
export function field(page: Page, label: string): Locator {
  return page.getByRole('textbox', { name: label })
}

/** Waits for the step with this heading. */
export function atStep(page: Page, title: string): Promise<void> {
  return page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
}

/** Fills the steps before the plan, for a cluster with a public issuer. */
export async function fillIn(page: Page, { name, secretArn, issuerUrl }: ExistingCluster): Promise<void> {
  await page.getByRole('radio', { name: 'Existing cluster, public issuer' }).check()
  await next(page)
  await field(page, 'Name of the cluster').fill(name)
  await field(page, 'Secret with the credentials of the cluster').fill(secretArn)
  await field(page, 'Issuer').fill(issuerUrl)
  await next(page)
  await field(page, 'Namespace').fill('reports')
  await field(page, 'Service account').fill('exporter')
  await field(page, 'Managed policies').fill(policyArn)
  await next(page)
  await atStep(page, 'Webhook')
}

/** Fills the form from a request. */
export async function fillFrom(page: Page, text: string): Promise<void> {
  await page.getByRole('button', { name: 'Edit as YAML' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill(text)
  await page.getByRole('dialog').getByRole('button', { name: 'Fill the form' }).click()
}

/** Presses Tab until the element has the focus, like a user without a mouse. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor()
  for (let pressed = 0; pressed < 80; pressed += 1) {
    await page.keyboard.press('Tab')
    if (await hasFocus(page, wanted)) return
  }
  throw new Error(`Tab does not lead to ${wanted}`)
}

export async function hasFocus(page: Page, element: Locator): Promise<boolean> {
  return (await element.and(page.locator(':focus')).count()) === 1
}

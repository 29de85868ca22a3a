import { DetachRolePolicyCommand, ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { iamClient } from '../e2e/support/aws-clients.ts'
import { privateCluster, setUpPrivate } from '../e2e/support/clusters/private-cluster.ts'
import type { System } from '../e2e/support/system.ts'
import { roleNameOf } from '../support/aws/roles.ts'
import { heldSetup, pageOf, type SetUp, setUpCluster, widenTrust } from './support/clusters.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'
import { hasFocus } from './support/wizard.ts'

const visit = browserForTests()

/** The maximum duration of an operation, in milliseconds. */
const timeout = 60_000

let running: System
let ready: SetUp

beforeAll(async () => {
  running = await portalSystem()
  ready = await setUpCluster(running, 'acted')
}, 300_000)

async function openMenu(page: Page, cluster: string, item: string): Promise<void> {
  await page.goto(`${running.api}/clusters/${cluster}`)
  await page.getByRole('button', { name: 'Actions' }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

describe('the page of a cluster', () => {
  it('finds drift, and repairs it', async () => {
    const { page, faults } = await visit()
    const { name } = ready.cluster
    const policy = { RoleName: roleNameOf(name), PolicyArn: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess' }
    const iam = iamClient(running)
    await iam.send(new DetachRolePolicyCommand(policy))
    await widenTrust(running.sandbox, roleNameOf(name))
    await openMenu(page, name, 'Repair…')
    await page.getByRole('dialog').getByRole('button', { name: 'Look for drift first' }).click()
    const differences = page.getByRole('table', { name: 'Differences from the request' })
    await differences.getByText(policy.PolicyArn).waitFor({ timeout })
    const trust = differences.getByRole('row').filter({ hasText: 'trustPolicy' })
    const lines = async (role: 'deletion' | 'insertion') => (await trust.getByRole(role).allTextContents()).join('\n')
    expect(await lines('deletion')).toMatch(/Found: − +"Action": "sts:AssumeRole",?$/m)
    expect(await lines('insertion')).toMatch(/Requested: \+ +"Action": "sts:AssumeRoleWithWebIdentity"/m)
    await page.getByRole('button', { name: 'Repair' }).click()
    await page.getByText('Proof for system:serviceaccount:default:s3-reader').waitFor({ timeout })
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand(policy))
    iam.destroy()
    expect(AttachedPolicies).toMatchObject([{ PolicyArn: policy.PolicyArn }])
    await page.goto(`${running.api}/clusters/${name}`)
    await page.getByText('2 differences').waitFor()
    expect(faults).toEqual([])
  })

  it('shows the changes of a webhook upgrade, and starts it', async () => {
    const { page, faults } = await visit()
    const { name } = ready.cluster
    await openMenu(page, name, 'Upgrade the webhook…')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Image').fill('public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.5.0')
    await dialog.getByRole('button', { name: 'Report only' }).click()
    await page.getByRole('button', { name: 'Set up now' }).click({ timeout })
    await page.getByText('Proof for system:serviceaccount:default:s3-reader').waitFor({ timeout })
    await page.goto(`${running.api}/clusters/${name}`)
    await page.getByText('v0.5.0', { exact: true }).waitFor()
    expect(faults).toEqual([])
  })

  it('shows the changes of a rotation of all clusters, and starts it', async () => {
    const { page } = await visit()
    await openMenu(page, ready.cluster.name, 'Rotate all clusters…')
    await page.getByRole('dialog').getByRole('button', { name: 'Report only' }).click()
    const clusters = page.getByRole('table', { name: 'Clusters' })
    await clusters.getByRole('link', { name: ready.cluster.name }).waitFor({ timeout })
    await page.getByRole('button', { name: 'Rotate now' }).click()
    await page.getByRole('heading', { name: 'Rotation: All clusters' }).waitFor()
    const { status } = await running.ended(`/v1${new URL(page.url()).pathname}`)
    expect(status).toBe('succeeded')
  })

  it('links to the operation that prevents another one from starting', async () => {
    const { page } = await visit()
    const { cluster, location, release } = await heldSetup(running, 'busy')
    await openMenu(page, cluster.name, 'Tear down…')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Show what would be removed' }).click()
    await page.getByText('Nothing has been removed yet.').waitFor({ timeout })
    await page.getByRole('button', { name: 'Tear down…' }).click()
    await dialog.getByLabel(`Type ${cluster.name} to confirm`).fill(cluster.name)
    await dialog.getByRole('button', { name: 'Tear down', exact: true }).click()
    const refusal = dialog.getByRole('group').filter({ hasText: 'Another change of this cluster is running' })
    await expect.poll(() => hasFocus(page, refusal)).toBe(true)
    await dialog.getByRole('link', { name: 'Show the operation that is running' }).click()
    await page.getByRole('heading', { name: `Setup: ${cluster.name}` }).waitFor()
    release()
    await running.ended(location)
  })

  it('starts one operation, also when its answer is lost and the button is pressed again', async () => {
    const { page } = await visit()
    const { name } = ready.cluster
    const lost: string[] = []
    await page.route('**/drift', async (route) => {
      lost.push((await (await route.fetch()).json()).operationId)
      if (lost.length === 1) return route.abort()
      return route.continue()
    })
    await page.goto(`${running.api}/clusters/${name}`)
    await page.getByRole('button', { name: 'Look for drift' }).dblclick()
    await page.getByRole('heading', { name: `Drift report: ${name}` }).waitFor({ timeout })
    expect(page.url()).toContain(lost[0])
    expect(new Set(lost).size).toBe(1)
  })

  it('publishes the signing keys of a hosted issuer, and revokes one permanently', async () => {
    const { page, faults } = await visit()
    const own = await privateCluster(running, 'keys')
    expect((await setUpPrivate(running, own)).ended.error).toBeUndefined()
    const { signer } = own.cluster
    const [old, added] = [signer.keyId, signer.addVerificationKey()]
    await page.goto(`${running.api}/clusters/${own.name}`)
    await page.getByRole('button', { name: 'Publish now' }).click()
    const row = page.getByRole('row').filter({ hasText: added })
    await row.getByText('Newly published').waitFor({ timeout })
    signer.signWith(added)
    await page.goto(`${running.api}/clusters/${own.name}`)
    await page.getByRole('button', { name: `Revoke the signing key ${old}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke the key' }).click()
    await page
      .getByRole('row')
      .filter({ hasText: old })
      .getByText('Revoked; can be published again only after a teardown of the cluster')
      .waitFor({ timeout })
    expect(faults).toEqual([])
  })
})

it('a plan shows the changes of a setup with their fields, and starts the setup', async () => {
  const { page, faults } = await visit()
  // The portal can change only workloads that it declares.
  const declared = await running.send('/v1/setups?manager=portal&takeOver=true', ready.cluster.body())
  expect((await running.ended(declared)).error).toBeUndefined()
  const edits = { 'workloads.0.role.maxSessionSeconds': 7200 }
  const location = await running.send('/v1/plans?manager=portal', ready.cluster.body(edits))
  await page.goto(running.api + pageOf(location))
  const changes = page.getByRole('table', { name: 'What it would change' })
  await changes.getByText('maxSessionSeconds').waitFor({ timeout })
  await page.getByRole('button', { name: 'Set up now' }).click()
  await page.getByText('Proof for system:serviceaccount:default:s3-reader').waitFor({ timeout })
  expect(faults).toEqual([])
})

describe('a teardown', () => {
  it('of a workload shows what it removes, and starts after its name is entered', async () => {
    const { page, faults } = await visit()
    const { name } = ready.cluster
    await page.goto(`${running.api}/workloads`)
    await page.getByRole('searchbox').fill(name)
    await page.getByText('1 match').first().waitFor()
    await page.getByRole('button', { name: 'More for default/s3-reader' }).click()
    await page.getByRole('menuitem', { name: 'Tear down…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Show what would be removed' }).click()
    await page.getByText('Nothing has been removed yet.').waitFor({ timeout })
    await page.getByText(roleNameOf(name)).filter({ visible: true }).first().waitFor()
    await tearDown(page, 'default/s3-reader')
    expect((await fetch(`${running.api}/v1/clusters/${name}`)).status).toBe(200)
    await page.goto(`${running.api}/clusters/${name}`)
    await page.getByText('No workloads yet').waitFor()
    const newest = page.getByRole('table', { name: 'Newest operations' })
    await newest.getByRole('link', { name: 'Removal of default/s3-reader', exact: true }).waitFor()
    await newest.getByRole('link', { name: 'Removal of default/s3-reader (Dry run)' }).first().waitFor()
    expect(faults).toEqual([])
  })

  it('also deletes a cluster that a setup created, if that is chosen and its name is entered', async () => {
    const { page, faults } = await visit()
    const { cluster } = await setUpCluster(running, 'removed')
    await openMenu(page, cluster.name, 'Tear down…')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Delete the cluster, too').click()
    await dialog.getByRole('button', { name: 'Show what would be removed' }).click()
    await page.getByText('Nothing has been removed yet.').waitFor({ timeout })
    await tearDown(page, cluster.name)
    expect((await fetch(`${running.api}/v1/clusters/${cluster.name}`)).status).toBe(404)
    expect(running.sandbox.kubernetes.cluster(cluster.name)).toBeUndefined()
    expect(faults).toEqual([])
  })

  /** Continues from the page of the dry run to the end of the teardown. */
  async function tearDown(page: Page, name: string): Promise<void> {
    await page.getByRole('button', { name: 'Tear down…' }).click()
    const dialog = page.getByRole('dialog')
    const button = dialog.getByRole('button', { name: 'Tear down', exact: true })
    await dialog.getByLabel(`Type ${name} to confirm`).fill(name.slice(1))
    expect(await button.isDisabled()).toBe(true)
    await dialog.getByLabel(`Type ${name} to confirm`).fill(name)
    await button.click()
    await page.getByText(/\d+ objects? (was|were) removed/).waitFor({ timeout })
  }
})

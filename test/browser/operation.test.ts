import { CreatePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { clusterRolePath } from '../../lambdas/role/name.ts'
import { iamClient } from '../e2e/support/aws-clients.ts'
import { ownCluster } from '../e2e/support/requests.ts'
import type { System } from '../e2e/support/system.ts'
import { roleArnOf, roleNameOf } from '../support/aws/roles.ts'
import { failedCluster, heldSetup, pageOf, policyPath } from './support/clusters.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'

const visit = browserForTests()

let running: System

beforeAll(async () => {
  running = await portalSystem()
})

/** Waits until the picture of the workflow shows the state with this status. */
function shownAs(page: Page, state: string, status: string): Promise<void> {
  return page.locator(`g.node[data-status="${status}"]`).filter({ hasText: state }).first().waitFor()
}

describe('the page of an operation', () => {
  it('follows a setup to its proof, without a reload', async () => {
    const { page, faults, responses } = await visit()
    const { cluster, location, release } = await heldSetup(running, 'live')
    // Longer than elsewhere, so that the page sees the step wait.
    const { kubernetes } = running.sandbox
    const before = kubernetes.provisioningMs
    kubernetes.provisioningMs = 4_000
    try {
      await page.goto(running.api + pageOf(location))
      await shownAs(page, 'CreateBucket', 'running')
      release()
      await shownAs(page, 'CheckCluster', 'waiting')
      await page.getByText('It waits', { exact: true }).waitFor()
      await page.getByText('CreatingControlPlane').waitFor()
    } finally {
      kubernetes.provisioningMs = before
    }
    await page.getByText('Proof for system:serviceaccount:default:s3-reader').waitFor({ timeout: 60_000 })
    await shownAs(page, 'Verify', 'succeeded')
    expect(await page.getByText(`Setup: ${cluster.name}`).count()).toBe(1)
    expect(responses.filter((response) => response.request().isNavigationRequest())).toHaveLength(1)
    expect(faults).toEqual([])
  })

  it('names the operation that a waiting one waits for, and then the one that applies its spec', async () => {
    const { page, faults } = await visit()
    const { cluster, location, release } = await heldSetup(running, 'behind')
    const waiting = await running.start(cluster.body({ 'webhook.failurePolicy': 'Fail' }))
    await page.goto(running.api + pageOf(waiting))
    const alert = page.getByRole('group').filter({ hasText: 'It waits until the cluster is free' })
    await alert.getByText('one operation applies all queued changes').waitFor()
    const holder = page.getByRole('link', { name: location.split('/').at(-1) ?? '' })
    expect(await holder.getAttribute('href')).toBe(pageOf(location))
    release()
    await page.getByText('Proof for system:serviceaccount:default:s3-reader').waitFor({ timeout: 120_000 })
    const { broughtAboutBy = 'none' } = await running.ended(waiting)
    await page.getByText('Applied by operation').waitFor()
    await page.getByRole('link', { name: broughtAboutBy }).click()
    await page.waitForURL((url) => url.pathname === `/operations/${broughtAboutBy}`)
    expect(await alert.count()).toBe(0)
    expect(faults).toEqual([])
  })

  it('stops polling when the operation has ended', async () => {
    const { page, responses } = await visit()
    const { operation } = await failedCluster(running, 'quiet')
    await page.clock.install()
    await page.goto(`${running.api}/operations/${operation.operationId}`)
    await page.getByText('It failed in CreateRole').waitFor()
    await page.clock.runFor('01:00')
    expect(responses.filter((response) => response.url().includes('/v1/operations/'))).toHaveLength(1)
  })

  it('shows why a setup failed and the remedy, and can send it again', async () => {
    const { page } = await visit()
    const { cluster, operation } = await failedCluster(running, 'repaired')
    await page.goto(`${running.api}/operations/${operation.operationId}`)
    await page.getByText('It failed in CreateRole default/s3-reader').waitFor()
    await page
      .getByText(operation.error?.action ?? 'no action')
      .first()
      .waitFor()
    await shownAs(page, 'CreateRole', 'failed')
    const iam = iamClient(running)
    await iam.send(
      new CreatePolicyCommand({
        PolicyName: cluster.name,
        Path: policyPath,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' }],
        }),
      }),
    )
    iam.destroy()
    await page.getByRole('button', { name: 'Send again' }).click()
    await page.waitForURL((url) => !url.pathname.endsWith(operation.operationId))
    await page.getByText('Proof for system:serviceaccount:default:s3-reader').waitFor({ timeout: 60_000 })
    await page.getByText(`attached arn:aws:iam::000000000000:policy${policyPath}${cluster.name}`).waitFor()
  })

  it('adopts an object that was created by hand, after showing the changes', async () => {
    const { page } = await visit()
    const cluster = await ownCluster(running, 'adopted')
    const iam = iamClient(running)
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }] }
    await iam.send(
      new CreateRoleCommand({
        RoleName: roleNameOf(cluster.name),
        Path: clusterRolePath('/workload-identity/', cluster.name),
        AssumeRolePolicyDocument: JSON.stringify(trust),
      }),
    )
    iam.destroy()
    const { operationId, error } = await running.setUp(cluster.body())
    expect(error).toMatchObject({ name: 'OwnershipConflict', object: roleArnOf(cluster.name) })
    await page.goto(`${running.api}/operations/${operationId}`)
    await page.getByRole('button', { name: 'Send again with adopt…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(roleArnOf(cluster.name)).waitFor()
    await dialog.getByRole('button', { name: 'Show what it would change first' }).click()
    const changes = page.getByRole('table', { name: 'What it would change' })
    const row = changes.getByRole('row').filter({ hasText: roleArnOf(cluster.name) })
    await row.getByText('Adopted', { exact: true }).waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Set up now' }).click()
    await page.getByText('Proof for system:serviceaccount:default:s3-reader').waitFor({ timeout: 60_000 })
  })

  it('cancels a running operation after a confirmation', async () => {
    const { page } = await visit()
    const { location, release } = await heldSetup(running, 'cancelled')
    await page.goto(running.api + pageOf(location))
    await page.getByRole('button', { name: 'Cancel' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Created objects remain.').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('Cancelled').first().waitFor()
    release()
    expect((await running.ended(location)).status).toBe('cancelled')
  })
})

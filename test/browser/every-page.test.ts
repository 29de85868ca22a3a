import { beforeAll, expect, it } from 'vitest'
import type { System } from '../e2e/support/system.ts'
import { roleNameOf } from '../support/aws/roles.ts'
import { expectNoFaults, languages, optionsOf } from './support/accessibility.ts'
import { failedCluster, pageOf, type SetUp, setUpCluster, widenTrust } from './support/clusters.ts'
import { portalSystem } from './support/system.ts'
import { browserForTests } from './support/visit.ts'

const visit = browserForTests()

let running: System
let pages: { readonly path: string; readonly shows: string }[]

beforeAll(async () => {
  running = await portalSystem()
  const [ready, failed] = await Promise.all([setUpCluster(running, 'ready'), failedCluster(running, 'failed')])
  expect(ready.operation.status).toBe('succeeded')
  expect(failed.operation.status).toBe('failed')
  const { name } = ready.cluster
  await widenTrust(running.sandbox, roleNameOf(name))
  const drift = await running.ended(await running.send(`/v1/clusters/${name}/drift`, {}))
  const image = 'registry.example/webhook:v0.6.17'
  const reports = await Promise.all([
    reportAt(await running.send('/v1/plans', ready.cluster.body({ 'webhook.image': image })), image),
    reportAt(await running.send('/v1/rotations', { dryRun: true }), name),
    reportAt(await running.sendDelete(`/v1/clusters/${name}?dryRun=true`), 'RemoveWebhook'),
  ])
  pages = [
    { path: '/workloads', shows: ready.cluster.name },
    { path: '/clusters', shows: failed.cluster.name },
    { path: `/clusters/${ready.cluster.name}`, shows: 'WebhookReady' },
    { path: '/operations', shows: ready.cluster.name },
    { path: '/access', shows: 'start-setup' },
    { path: operationPath(ready), shows: 'CreateBucket' },
    { path: operationPath(failed), shows: failed.operation.error?.action ?? 'an error' },
    { path: pageOf(`/v1/operations/${drift.operationId}`), shows: '"Action": "sts:AssumeRole"' },
    ...reports,
  ]
})

/** Waits for the end of an operation, and returns its page. */
async function reportAt(location: string, shows: string) {
  const { error } = await running.ended(location)
  expect(error).toBeUndefined()
  return { path: pageOf(location), shows }
}

function operationPath({ operation }: SetUp): string {
  return pageOf(`/v1/operations/${operation.operationId}`)
}

it.each(Object.entries(languages))(
  'each page in %s shows real data, and passes axe and the content security policy',
  async (_, language) => {
    const { page, faults } = await visit(optionsOf(language))
    for (const { path, shows } of pages) {
      // First in the width of a telephone, so that elements for this width have loaded before the check.
      await page.setViewportSize({ width: 360, height: 900 })
      await page.goto(running.api + path)
      await page.getByText(shows).filter({ visible: true }).first().waitFor()
      await expectNoFaults(page, path, language)
    }
    expect(faults).toEqual([])
    expect(await page.evaluate('document.documentElement.lang')).toBe(language.locale.slice(0, 2))
  },
  300_000,
)

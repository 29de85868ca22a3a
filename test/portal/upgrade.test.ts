import { expect, test } from 'vitest'
import { stubBrowser } from './support/browser-globals.ts'

stubBrowser()
const { api, connect } = await import('../../portal/src/api/client.ts')
const { upgradeWebhook } = await import('../../portal/src/api/start.ts')

const webhook = { mode: 'install', failurePolicy: 'Ignore', image: 'registry.example/webhook:v1' }
const spec = { cluster: { name: 'edge-1' }, webhook, workloads: [], adopt: true }

/** The body that an upgrade sends for a cluster with this spec. */
async function sentBy(upgrade: { readonly adopt: boolean }): Promise<unknown> {
  let sent: unknown
  connect({
    base: 'https://api.example',
    send: async (request) => {
      if (request.method === 'GET') return Response.json({ spec })
      sent = await request.json()
      return Response.json({ operationId: 'o' }, { status: 202 })
    },
  })
  await upgradeWebhook(
    api,
    { cluster: 'edge-1', image: 'registry.example/webhook:v2', dryRun: false, ...upgrade },
    'key',
  )
  return sent
}

test('an upgrade of the webhook sends the spec without its workloads, and with the new image alone', async () => {
  const { workloads: _, ...rest } = spec
  expect(await sentBy({ adopt: true })).toEqual({
    ...rest,
    webhook: { ...webhook, image: 'registry.example/webhook:v2' },
  })
})

test('an upgrade adopts nothing unless the form says so, whatever the spec says', async () => {
  expect(await sentBy({ adopt: false })).toMatchObject({ adopt: false })
  expect(await sentBy({ adopt: true })).toMatchObject({ adopt: true, webhook: { mode: 'install' } })
})

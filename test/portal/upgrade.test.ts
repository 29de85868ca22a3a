import { expect, test } from 'vitest'
import type { OperationSummary } from '../../client/api.ts'
import { repair, upgradeWebhook } from '../../client/starts.ts'
import { stubBrowser } from './support/browser-globals.ts'

stubBrowser()
const { api, connect } = await import('../../portal/src/api/client.ts')

const webhook = { mode: 'install', failurePolicy: 'Ignore', image: 'registry.example/webhook:v1' }
const spec = { cluster: { name: 'edge-1' }, webhook, workloads: [], adopt: true }

interface Sent {
  readonly body: unknown
  readonly generation: string | null
}

/** The write that a start sends for a cluster with this spec, in its generation 12. */
async function sentBy(start: () => Promise<OperationSummary>): Promise<Sent> {
  let sent: Sent | undefined
  connect({
    base: 'https://api.example',
    send: async (request) => {
      if (request.method === 'GET') return Response.json({ spec, generation: 12 })
      sent = { body: await request.json(), generation: request.headers.get('If-Match') }
      return Response.json({ operationId: 'o' }, { status: 202 })
    },
  })
  await start()
  if (!sent) throw new Error('nothing was written')
  return sent
}

const cluster = { name: 'edge-1', spec, generation: 12 }
const image = 'registry.example/webhook:v2'
const upgrade = (adopt?: boolean) => () => upgradeWebhook(api, { cluster, image, dryRun: false, adopt }, 'key')

test('an upgrade of the webhook sends the spec without its workloads, and with the new image alone', async () => {
  const { workloads: _, ...rest } = spec
  expect((await sentBy(upgrade(true))).body).toEqual({ ...rest, webhook: { ...webhook, image } })
})

test('an upgrade adopts nothing unless the user says so, whatever the spec says', async () => {
  expect((await sentBy(upgrade())).body).toMatchObject({ adopt: false })
  expect((await sentBy(upgrade(false))).body).toMatchObject({ adopt: false })
  expect((await sentBy(upgrade(true))).body).toMatchObject({ adopt: true, webhook: { mode: 'install' } })
})

test('a repair sends the recorded spec, and an upgrade changes it, only while the spec has the generation that was read', async () => {
  expect(await sentBy(() => repair(api, 'edge-1', 'key'))).toEqual({ body: spec, generation: '"12"' })
  expect((await sentBy(upgrade(false))).generation).toBe('"12"')
})

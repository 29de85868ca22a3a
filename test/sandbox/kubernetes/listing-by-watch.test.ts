import { request } from 'node:https'
import { expect, test } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { asObject, at, type JsonObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send, testKubernetes, until } from './support.ts'

const sandbox = testKubernetes()
const add = (version: string) =>
  sandbox.kubernetes.addUserCluster({
    name: `v${version.replaceAll('.', '-')}`,
    version,
    issuer: { host: `${version}.example.com` },
  })

const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'

/** The events of the watch until its first bookmark. */
async function eventsOf(cluster: Cluster): Promise<JsonObject[]> {
  let text = ''
  const { port, settings, caPem: ca, adminToken } = cluster
  const headers = { authorization: `Bearer ${adminToken}` }
  const path = `/api/v1/namespaces?${query}`
  const sent = request({ host: '127.0.0.1', port, servername: settings.host, ca, agent: false, path, headers })
  sent.on('response', (response) => {
    response.setEncoding('utf8')
    response.on('data', (part: string) => {
      text += part
    })
  })
  sent.on('error', () => {})
  sent.end()
  await until(() => text.includes('BOOKMARK'))
  sent.destroy()
  return text
    .trim()
    .split('\n')
    .map((line) => asObject(JSON.parse(line)))
}

test('a watch with sendInitialEvents sends the existing objects, and a bookmark at their end', async () => {
  const events = await eventsOf(await add('1.37.2'))
  expect(events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED', 'BOOKMARK'])
  expect(at(events.at(-1), 'object')).toMatchObject({
    kind: 'Namespace',
    apiVersion: 'v1',
    metadata: { annotations: { 'k8s.io/initial-events-end': 'true' }, resourceVersion: expect.stringMatching(/^\d+$/) },
  })
})

test('older servers refuse sendInitialEvents, so that the client lists', async () => {
  const { code, body } = await send(await add('1.21.14'), `GET /api/v1/namespaces?${query}`)
  expect({ code, reason: body.reason }).toEqual({ code: 422, reason: 'Invalid' })
  expect(body.message).toContain('resourceVersionMatch is forbidden for watch')
})

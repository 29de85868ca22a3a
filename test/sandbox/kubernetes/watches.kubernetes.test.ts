import { request } from 'node:https'
import { beforeAll, expect, test } from 'vitest'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asObject, at, type JsonObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { send, until } from '../../support/kubernetes/api-requests.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
let cluster: AnyCluster

beforeAll(async () => {
  cluster = await clusters.start('modern')
})

const maps = '/api/v1/namespaces/default/configmaps'

/** Follows a watch until `stop`, or until the server ends it. */
function follow(query: string) {
  const seen: JsonObject[] = []
  const state = { hasEnded: false }
  const { port, settings, caPem: ca, adminToken } = cluster
  const sent = request({
    host: '127.0.0.1',
    port,
    servername: settings.host,
    ca,
    agent: false,
    path: `${maps}?watch=true&${query}`,
    headers: { authorization: `Bearer ${adminToken}` },
  })
  sent.on('response', (response) => {
    let rest = ''
    response.setEncoding('utf8')
    response.on('data', (part: string) => {
      const lines = (rest + part).split('\n')
      rest = lines.pop() ?? ''
      seen.push(...lines.map((line) => asObject(JSON.parse(line))))
    })
    response.on('end', () => {
      state.hasEnded = true
    })
  })
  sent.on('error', () => {})
  sent.end()
  const summary = () => seen.map(({ type, object }) => `${type} ${at(object, 'metadata', 'name')}`)
  return { seen, summary, state, stop: () => sent.destroy() }
}

const configMap = (name: string, labels = {}) => ({ body: { metadata: { name, labels } } })

test('a watch sends the existing objects, and then every change that matches its selectors', async () => {
  await send(cluster, `POST ${maps}`, configMap('before', { watched: 'yes' }))
  const watch = follow('labelSelector=watched')
  await until(() => watch.summary().length === 1)
  await send(cluster, `POST ${maps}`, configMap('after', { watched: 'yes' }))
  await send(cluster, `POST ${maps}`, configMap('hidden'))
  const patch = { body: { metadata: { annotations: { a: '1' } } }, contentType: 'application/merge-patch+json' }
  await send(cluster, `PATCH ${maps}/after`, patch)
  await send(cluster, `DELETE ${maps}/after`)
  await until(() => watch.summary().length === 4)
  expect(watch.summary()).toEqual(['ADDED before', 'ADDED after', 'MODIFIED after', 'DELETED after'])
  watch.stop()
})

test('a watch from a version sends the changes since then', async () => {
  const { body } = await send(cluster, `GET ${maps}`)
  await send(cluster, `POST ${maps}`, configMap('later'))
  const watch = follow(`fieldSelector=metadata.name%3Dlater&resourceVersion=${at(body, 'metadata', 'resourceVersion')}`)
  await until(() => watch.summary().length === 1)
  expect(watch.summary()).toEqual(['ADDED later'])
  watch.stop()
})

test('a watch ends after its timeoutSeconds', async () => {
  const watch = follow('timeoutSeconds=1')
  await until(() => watch.state.hasEnded)
  expect(watch.summary()).toContain('ADDED later')
})

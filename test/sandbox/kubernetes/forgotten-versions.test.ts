import { request } from 'node:https'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'

let cluster: Cluster

beforeAll(async () => {
  const address = { host: 'modern.clusters.example', port: 443, issuer: 'https://modern.issuer.example' }
  cluster = await Cluster.create({ name: 'modern', gitVersion: 'v1.33.2', isManagement: false, ...address })
})
afterAll(() => cluster.close())

/** The response of a watch of ConfigMaps from this version, until the server ends it. */
function watchFrom(resourceVersion: string): Promise<string> {
  const { port, settings, caPem: ca, adminToken } = cluster
  const path = `/api/v1/configmaps?watch=true&resourceVersion=${resourceVersion}`
  const headers = { authorization: `Bearer ${adminToken}` }
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, servername: settings.host, ca, agent: false, path, headers })
    sent.on('response', async (response) => resolve((await response.toArray()).join('')))
    sent.on('error', reject)
    sent.end()
  })
}

test('a watch from an expired resource version gets 410, so that the client lists again', async () => {
  const metadata = { name: 'busy', namespace: 'default', uid: 'u', resourceVersion: '', creationTimestamp: '' }
  for (let count = 0; count < 2100; count += 1) cluster.store.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
  expect(JSON.parse(await watchFrom('1'))).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
})

import { beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { send, testKubernetes } from './support.ts'

const sandbox = testKubernetes()
let cluster: Cluster

beforeAll(async () => {
  const issuer = { host: 'issuer.example.com' }
  cluster = await sandbox.kubernetes.addUserCluster({ name: 'modern', version: '1.33.2', issuer })
})

const accounts = '/api/v1/namespaces/default/serviceaccounts'
const account = (name: string) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })

test('faults refuse a call, make the server unavailable, or cut the connection after the work is done', async () => {
  const operation = `POST ${accounts}`
  cluster.faults.add({ kind: 'refuse', operation, times: 1 })
  expect((await send(cluster, operation, { body: account('faulty') })).code).toBe(403)
  cluster.faults.add({ kind: 'unavailable', operation, times: 1 })
  expect((await send(cluster, operation, { body: account('faulty') })).code).toBe(503)
  expect(cluster.store.get('ServiceAccount', 'faulty', 'default')).toBeUndefined()
  cluster.faults.add({ kind: 'drop-response', operation, times: 1 })
  await expect(send(cluster, operation, { body: account('faulty') })).rejects.toThrow()
  expect(cluster.store.get('ServiceAccount', 'faulty', 'default')).toBeDefined()
})

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

test('faults refuse a call, make the server unavailable, or drop the response of a call that took effect', async () => {
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

test('faults drop a request, throttle, break, delay, truncate a response, or replace it by a web page', async () => {
  const operation = `POST ${accounts}`
  const made = (name: string) => cluster.store.get('ServiceAccount', name, 'default') !== undefined
  cluster.faults.add({ kind: 'drop-request', operation, times: 1 })
  await expect(send(cluster, operation, { body: account('dropped') })).rejects.toThrow()
  expect(made('dropped')).toBe(false)
  cluster.faults.add({ kind: 'throttle', operation, times: 1 })
  expect((await send(cluster, operation, { body: account('throttled') })).code).toBe(429)
  cluster.faults.add({ kind: 'break', operation, times: 1 })
  expect((await send(cluster, operation, { body: account('broken') })).code).toBe(500)
  expect([made('throttled'), made('broken')]).toEqual([false, false])
  cluster.faults.add({ kind: 'cut', operation, times: 1 })
  await expect(send(cluster, operation, { body: account('cut') })).rejects.toThrow()
  cluster.faults.add({ kind: 'garble', operation, times: 1 })
  expect(await send(cluster, operation, { body: account('garbled') })).toMatchObject({ code: 200, body: {} })
  expect([made('cut'), made('garbled')]).toEqual([true, true])
  cluster.faults.add({ kind: 'delay', operation, delayMs: 300, times: 1 })
  const began = performance.now()
  expect((await send(cluster, operation, { body: account('late') })).code).toBe(201)
  expect(performance.now() - began).toBeGreaterThan(290)
})

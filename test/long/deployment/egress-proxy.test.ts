/** A deployment in a network whose only egress is the proxy of its settings. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectProxy } from '../../../sandbox/network/proxy.ts'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { deploySecond } from '../support/second-deployment.ts'

let first: System
let second: System
let proxy: ConnectProxy
let close: (() => Promise<void>) | undefined

beforeAll(async () => {
  first = await system()
  proxy = await first.sandbox.proxy.anotherWay()
  const network = {
    subnetIds: ['subnet-0aa11bb22cc33dd44'],
    securityGroupIds: ['sg-0123456789abcdef0'],
    proxy: { url: proxy.url },
  }
  const deployed = await deploySecond(first, { network })
  second = deployed.system
  close = deployed.close
}, 240_000)
afterAll(async () => {
  await close?.()
  await proxy?.close()
})

it('calls the API server of a cluster only through the proxy of the setting network', async () => {
  const cluster = await existingCluster(first, 'proxied')
  const [, api = ''] = /server: https:\/\/(\S+)/.exec(first.sandbox.kubernetes.kubeconfig(cluster.name)) ?? []
  const before = first.sandbox.proxy.asked.get(api)
  expect((await second.setUp(cluster.body())).error).toBeUndefined()
  expect(proxy.asked.get(api)).toBeGreaterThan(0)
  expect(first.sandbox.proxy.asked.get(api)).toBe(before)
})

import { createServer } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KeptPorts } from '../../../sandbox/network/kept-ports.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { startProxy } from '../../../sandbox/network/proxy.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let reported: string[]
beforeEach(async () => {
  directory = await temporaryDirectory()
  reported = []
})
afterEach(() => directory.remove())

/** Starts and ends a proxy as a sandbox does. Returns its port. */
async function startOnce(requested?: number): Promise<number> {
  const ports = await KeptPorts.open(path.join(directory.path, 'ports.json'), (line) => reported.push(line))
  const proxy = await ports.listen('the proxy', startProxy, requested)
  await ports.keep()
  await proxy.close()
  return Number(new URL(proxy.url).port)
}

test('the next start uses the same port', async () => {
  const first = await startOnce()
  expect(await startOnce()).toBe(first)
  expect(reported).toEqual([])
})

test('uses another port when another process has it, and reports that', async () => {
  const first = await startOnce()
  const taker = createServer()
  await listenOnFreePort(taker, first)
  const second = await startOnce()
  expect(second).not.toBe(first)
  expect(reported).toEqual([`Port ${first} is taken: the proxy is on port ${second}`])
  taker.close()
})

test('a requested port replaces the stored one', async () => {
  const first = await startOnce()
  const requested = await startOnce(first + 1)
  expect(requested).toBeGreaterThan(first)
  expect(await startOnce()).toBe(requested)
})

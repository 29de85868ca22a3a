import { createServer } from 'node:net'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KeptPorts } from '../../../sandbox/network/kept-ports.ts'
import { listenOnFreePort } from '../../../sandbox/network/listen.ts'
import { startProxy } from '../../../sandbox/network/proxy.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let said: string[]
beforeEach(async () => {
  directory = await temporaryDirectory()
  said = []
})
afterEach(() => directory.remove())

/** Starts a proxy as a sandbox would, and ends it. Gives back its port. */
async function startOnce(asked?: number): Promise<number> {
  const ports = await KeptPorts.open(path.join(directory.path, 'ports.json'), (line) => said.push(line))
  const proxy = await ports.listen('the proxy', startProxy, asked)
  await ports.keep()
  await proxy.close()
  return Number(new URL(proxy.url).port)
}

test('the port of one start is taken again by the next', async () => {
  const first = await startOnce()
  expect(await startOnce()).toBe(first)
  expect(said).toEqual([])
})

test('when somebody else has it, another is taken, and a line says so', async () => {
  const first = await startOnce()
  const taker = createServer()
  await listenOnFreePort(taker, first)
  const second = await startOnce()
  expect(second).not.toBe(first)
  expect(said).toEqual([`Port ${first} is taken: the proxy is on port ${second}`])
  taker.close()
})

test('a port that is asked for takes the place of the one that was kept', async () => {
  const first = await startOnce()
  const asked = await startOnce(first + 1)
  expect(asked).toBeGreaterThan(first)
  expect(await startOnce()).toBe(asked)
})

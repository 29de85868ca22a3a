import { rm } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, it, test } from 'vitest'
import { killProcessesOn } from './support/processes.ts'
import { Started } from './support/start.ts'

/** Below .sandbox/, which must contain all files of a start. */
const folder = path.resolve(import.meta.dirname, `../../.sandbox/killed-${process.pid}`)

function start(...args: readonly string[]): Started {
  return new Started(['sandbox/main.ts', '--state', path.join(folder, 'state'), ...args], 0)
}

/** A setup waits for two minutes while a step of an interrupted one may still run. */
const setupMs = 200_000

/** Starts the sandbox, and kills all its processes after the setup of the example. */
async function startAndKill(): Promise<void> {
  const killed = start()
  // Two waits, because the deployment and the setup have a timeout each.
  await killed.until('POST http')
  await killed.until('Serving until Ctrl-C', setupMs)
  await killProcessesOn(folder)
  await killed.ended
}

async function expectProof(): Promise<void> {
  const again = start('--once')
  expect(await again.ended, again.printed).toBe(0)
  expect(again.printed).toContain('Proof for system:serviceaccount:default:s3-reader')
}

afterEach(async () => {
  await killProcessesOn(folder)
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

it('a start sets up again after the first start was killed together with its AWS', {
  timeout: 240_000,
}, async () => {
  await startAndKill()
  await expectProof()
})

// The new setup waits while a step of the interrupted one may still run.
it('a start sets up after the one before was interrupted during its setup', {
  timeout: 240_000,
}, async () => {
  const first = start()
  await first.until('✔ ObserveCluster')
  first.interrupt()
  expect(await first.ended, first.printed).toBe(1)
  expect(first.printed).toContain('Stopping, which takes some seconds.')
  await expectProof()
})

test('a start sets up again after a clean first start and a second one that was killed together with its AWS', async () => {
  // The AWS of the first start does not know the example. On a slow machine, its setup has begun.
  const ended = start()
  await ended.until('The local port')
  ended.interrupt()
  await ended.ended
  await startAndKill()
  await expectProof()
}, 480_000)

import { rm } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, it, test } from 'vitest'
import { processesOn } from './support/processes.ts'
import { Started } from './support/start.ts'

/** Below .sandbox/, where everything of a start has to be. */
const folder = path.resolve(import.meta.dirname, `../../.sandbox/killed-${process.pid}`)

function start(...args: readonly string[]): Started {
  return new Started(['sandbox/main.ts', '--state', path.join(folder, 'state'), ...args], 0)
}

async function killAll(): Promise<void> {
  for (const { pid } of await processesOn(folder)) process.kill(pid, 'SIGKILL')
}

/** Starts, and kills everything of the start when its example is set up. */
async function startAndKill(): Promise<void> {
  const killed = start()
  // Each has its own time: the deployment, and the setup.
  await killed.until('POST http')
  await killed.until('Serving until Ctrl-C')
  await killAll()
  await killed.ended
}

async function expectProof(): Promise<void> {
  const again = start('--once')
  expect(await again.ended, again.printed).toBe(0)
  expect(again.printed).toContain('Proof for system:serviceaccount:default:s3-reader')
}

afterEach(async () => {
  await killAll()
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
})

it('a first start that was killed together with its AWS is followed by one that sets up again', {
  timeout: 240_000,
}, async () => {
  await startAndKill()
  await expectProof()
})

// Its setup waits where a step was running at that moment.
it('a start that was interrupted in a setup is followed by one that sets up', {
  timeout: 240_000,
}, async () => {
  const first = start()
  await first.until('✔ ObserveCluster')
  first.interrupt()
  expect(await first.ended, first.printed).toBe(1)
  expect(first.printed).toContain('Stopping, which takes some seconds.')
  await expectProof()
})

test('what a start set up that was killed together with its AWS is set up again, though an earlier one had ended as it should', async () => {
  // Its AWS knows nothing of the example.
  const ended = start()
  await ended.until('The local port')
  ended.interrupt()
  await ended.ended
  await startAndKill()
  await expectProof()
}, 240_000)

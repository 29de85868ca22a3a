import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { untilNoProcessesOn } from '../../sandbox/support/processes.ts'
import { Started } from '../../sandbox/support/start.ts'
import { peer } from '../../support/kubernetes/kubernetes-peer.ts'

const folder = path.resolve(import.meta.dirname, `../../../.sandbox/start-real-${process.pid}`)
const minute = 60_000

function start(...args: readonly string[]): Started {
  const port = 28_000 + (process.pid % 1000) * 10
  return new Started(
    ['sandbox/main.ts', '--state', path.join(folder, 'state'), ...args],
    port,
    inject('kubernetesAssets'),
  )
}

beforeAll(() => mkdir(folder, { recursive: true }))

afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }))

it(
  'a start on real API servers prints the proof, and a second one on its state changes nothing',
  async () => {
    const first = start('--once')
    expect(await first.ended, first.printed).toBe(0)
    expect(first.printed).toContain(`a management cluster of real processes, ${peer?.gitVersion}`)
    expect(first.printed).toContain('Proof for system:serviceaccount:default:s3-reader')
    await untilNoProcessesOn(folder, minute)

    const second = start('--once')
    expect(await second.ended, second.printed).toBe(0)
    expect(second.printed).toMatch(/prod-eu is set up and verified .*nothing changed/)
    await untilNoProcessesOn(folder, minute)
  },
  10 * minute,
)

it(
  'leaves no process behind when it is killed',
  async () => {
    const started = start()
    await started.until('POST http://')
    started.child.kill('SIGKILL')
    await untilNoProcessesOn(folder, minute)
  },
  5 * minute,
)

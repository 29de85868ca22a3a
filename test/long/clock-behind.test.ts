/** The clock of functions is ten minutes behind that of AWS, Google and the clusters. */
import { beforeAll, expect, it } from 'vitest'
import { existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import { ownCluster } from '../e2e/support/requests.ts'
import { type System, startSystem } from '../e2e/support/system.ts'
import { lifeOf, tenMinutesMs } from './support/clock.ts'

let running: System

beforeAll(async () => {
  running = await startSystem({ functionClockAheadMs: -tenMinutesMs })
}, 240_000)

it('a cluster is set up, rotated and torn down by functions whose clock is behind', async () => {
  const { name, body } = await existingCluster(running, 'behind')
  expect(await lifeOf(running, name, body())).toEqual([])
})

it.each(['setup', 'csr-cluster'] as const)('a cluster is made by a %s, rotated and torn down', async (example) => {
  const { name, body } = await ownCluster(running, 'behind', example)
  expect(await lifeOf(running, name, body())).toEqual([])
})

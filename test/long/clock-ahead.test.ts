/** The clock of functions is ten minutes ahead of that of AWS, Google and the clusters. */
import { beforeAll, expect, it } from 'vitest'
import { existingCluster } from '../e2e/support/clusters/existing-cluster.ts'
import { ownCluster } from '../e2e/support/requests.ts'
import { type System, startSystem } from '../e2e/support/system.ts'
import { lifeOf, tenMinutesMs } from './support/clock.ts'

let running: System

beforeAll(async () => {
  running = await startSystem({ functionClockAheadMs: tenMinutesMs })
}, 240_000)

it('a cluster is set up, rotated and torn down by functions whose clock is ahead', async () => {
  const { name, body } = await existingCluster(running, 'ahead')
  expect(await lifeOf(running, name, body())).toEqual([])
})

it('Google takes nothing that a key signs in the future, and the error says to look at the clock', async () => {
  const { body } = await ownCluster(running, 'ahead')
  expect((await running.setUp(body())).error).toMatchObject({
    name: 'InvalidCredentials',
    step: 'CreateBucket',
    object: 'workload-identity/google-credentials',
    action: expect.stringContaining('clock'),
  })
})

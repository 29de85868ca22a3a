/** The clock of functions is ten minutes ahead of that of AWS, Google and the clusters. */
import { beforeAll, expect, it } from 'vitest'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { type System, startSystem } from '../../e2e/support/system.ts'
import { lifecycleErrors, tenMinutesMs } from '../support/clock.ts'

let running: System

beforeAll(async () => {
  running = await startSystem({ functionClockAheadMs: tenMinutesMs })
}, 240_000)

it('functions whose clock is ahead set a cluster up, rotate it and tear it down', async () => {
  const { name, body } = await existingCluster(running, 'ahead')
  expect(await lifecycleErrors(running, name, body())).toEqual([])
})

it('Google refuses an assertion from the future, and the error says to check the clock', async () => {
  const { body } = await ownCluster(running, 'ahead')
  expect((await running.setUp(body())).error).toMatchObject({
    name: 'InvalidCredentials',
    step: 'CreateBucket',
    object: 'workload-identity/google-credentials',
    action: expect.stringContaining('clock'),
  })
})

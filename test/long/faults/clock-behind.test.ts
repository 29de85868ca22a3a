/** The clock of functions is ten minutes behind that of AWS, Google and the clusters. */
import { beforeAll, expect, it } from 'vitest'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { type System, startSystem } from '../../e2e/support/system.ts'
import { lifecycleErrors, tenMinutesMs } from '../support/clock.ts'

let running: System

beforeAll(async () => {
  running = await startSystem({ functionClockAheadMs: -tenMinutesMs })
}, 240_000)

it('functions whose clock is behind set a cluster up, rotate it and tear it down', async () => {
  const { name, body } = await existingCluster(running, 'behind')
  expect(await lifecycleErrors(running, name, body())).toEqual([])
})

it.each(['setup', 'csr-cluster'] as const)(
  'functions whose clock is behind create the cluster of example %s, rotate it and tear it down',
  async (example) => {
    const { name, body } = await ownCluster(running, 'behind', example)
    expect(await lifecycleErrors(running, name, body())).toEqual([])
  },
)

import { beforeAll, describe, expect, it } from 'vitest'
import { ownCluster } from '../../e2e/support/requests.ts'
import { expectConverged, setUpThrough } from '../../e2e/support/runs/crashes.ts'
import { healing, steps } from '../../e2e/support/runs/disturbances.ts'
import { type EndState, endState } from '../../e2e/support/runs/end-state.ts'
import { type System, system } from '../../e2e/support/system.ts'

describe('a setup that is disturbed in each step in turn ends in the same state', () => {
  let running: System
  let undisturbed: EndState

  beforeAll(async () => {
    running = await system()
    const cluster = await ownCluster(running, 'undisturbed', 'csr-cluster')
    expect((await running.setUp(cluster.body())).status).toBe('succeeded')
    undisturbed = await endState(running, cluster.name)
  })

  it.concurrent.for(healing)('%s: all steps of one setup', async (way) => {
    const cluster = await ownCluster(running, 'healing', 'csr-cluster')
    await setUpThrough(running, cluster, { way, steps })
    await expectConverged(running, cluster, undisturbed)
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { appliedClusters } from '../../support/steps/apply-cluster.ts'

const world = appliedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))
beforeEach(() => world.management.faults.clear())

describe('applying a cluster', () => {
  it('converges after the answer to a write was lost', async () => {
    world.management.faults.add({ kind: 'drop-response', operation: `PATCH *awsclusters/${world.name}`, times: 2 })
    await expect(world.apply()).rejects.toMatchObject({ name: 'Unreachable' })
    world.management.faults.clear()

    await world.apply()
    expect(await world.apply()).toEqual({ output: {}, changes: world.applied('unchanged') })
  })
})

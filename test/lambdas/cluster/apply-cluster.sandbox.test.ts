import { beforeEach, describe, expect, it } from 'vitest'
import { appliedClusters } from '../../support/steps/apply-cluster.ts'

const fixture = appliedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))
beforeEach(() => fixture.management.faults.clear())

describe('applying a cluster', () => {
  it('converges after the response of a write was lost', async () => {
    fixture.management.faults.add({ kind: 'drop-response', operation: `PATCH *awsclusters/${fixture.name}`, times: 2 })
    await expect(fixture.apply()).rejects.toMatchObject({ name: 'Unreachable' })
    fixture.management.faults.clear()

    await fixture.apply()
    expect(await fixture.apply()).toEqual({ output: {}, changes: fixture.applied('unchanged') })
  })
})

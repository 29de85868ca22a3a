import { beforeEach, describe, expect, it } from 'vitest'
import { boundAccounts, roleArn } from '../../support/bind-ksa.ts'
import { writesTo } from '../../support/clusters.ts'

const world = boundAccounts((clusters) => clusters.emulate('prod-eu', { behindBastion: true }))
beforeEach(() => world.cluster.faults.clear())

const account = () => world.cluster.store.get('ServiceAccount', 's3-reader', world.namespace)

describe('a run that was cut off', () => {
  it.each(['Namespace', 'ServiceAccount'])('after writing the %s ends the same when it is run again', async (kind) => {
    const operation =
      kind === 'Namespace'
        ? `PATCH /api/v1/namespaces/${world.namespace}`
        : `PATCH *${world.namespace}/serviceaccounts/*`
    // The first of the two calls is the dry run.
    world.cluster.faults.add({ kind: 'drop-response', operation, times: 2 })
    await expect(world.bind()).rejects.toMatchObject({ name: 'Unreachable' })
    world.cluster.faults.clear()
    await world.bind()

    expect(account()?.metadata.annotations).toMatchObject({ 'eks.amazonaws.com/role-arn': roleArn })
    world.cluster.calls.clear()
    await world.bind()
    expect(writesTo(world.cluster)).toEqual([])
  })
})

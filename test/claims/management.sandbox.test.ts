import { expect } from 'vitest'
import { managementResource } from '../../lambdas/claims/claim.ts'
import { release } from '../../lambdas/claims/claims.ts'
import { description } from '../../lambdas/cluster/delete-cluster.step.ts'
import * as removal from '../../lambdas/cluster/delete-cluster.ts'
import { exampleRequest } from '../support/api/requests.ts'
import { clientOf, objectIn, writeAs, writesTo } from '../support/kubernetes/clusters.ts'
import { appliedClusters } from '../support/steps/apply-cluster.ts'
import { stepContext } from '../support/steps/step-context.ts'
import { giveAway, ownerOf, requireOneOwner, testCells } from './cell-tests.ts'

const world = appliedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))
const resource = (object: string) => managementResource(clientOf(world.management), object)
const awsCluster = () => resource(`AWSCluster default/${world.name}`)
const pool = () => resource(`AWSNodePool default/${world.name}-pool-0`)

function remove({ deleteCluster = true, dryRun = false } = {}) {
  const management = { credentialsSecretArn: world.credentialsSecretArn, namespace: 'default' }
  const input = description.input.parse({ clusterName: world.name, management, deleteCluster })
  return removal.run(input, stepContext(world.name, 20_000, dryRun))
}

const makeByHand = () =>
  writeAs(world.management, 'kubectl', {
    apiVersion: 'multicloud.cluster.gke.io/v1',
    kind: 'AWSCluster',
    metadata: { name: world.name, namespace: 'default' },
    spec: { ...exampleRequest('setup').cluster.spec },
  })
const found = () => objectIn(world.management, 'AWSCluster', { name: world.name, namespace: 'default' })

const removals = [{}, { deleteCluster: false }, { dryRun: true }]
const other = { clear: () => world.management.calls.clear(), writes: () => writesTo(world.management) }
const clouds = { aws: world.aws, other }

testCells('management', clouds, {
  ApplyCluster: {
    'management-object': {
      async own() {
        await world.apply()
        const poolSpec = { version: '1.33.3-gke.100' }
        expect(await world.apply({ poolSpec })).toMatchObject({
          changes: [{ action: 'unchanged' }, { action: 'updated' }],
        })
      },
      async another(refuses) {
        await giveAway(pool(), world.name)
        for (const dryRun of [true, false]) await refuses(pool().name, () => world.apply({ adopt: true, dryRun }))
        await release(pool(), 'another-cluster')
        await world.apply()
        await giveAway(pool(), world.name)
        await refuses(pool().name, () => world.apply({ poolSpec: { version: '1.33.3-gke.100' } }))
      },
      async marked() {
        await world.apply()
        for (const one of [awsCluster(), pool()]) await release(one, world.name)
        await world.apply({ poolSpec: { version: '1.33.3-gke.100' } })
        for (const one of [awsCluster(), pool()]) expect(await ownerOf(one)).toBe(world.name)
      },
      async unmarked() {
        await makeByHand()
        await world.apply({ adopt: true })
        for (const one of [awsCluster(), pool()]) expect(await ownerOf(one)).toBe(world.name)
      },
      // Node pools of two clusters may have one name.
      race: () =>
        requireOneOwner(resource(`AWSNodePool default/${world.name}-a-b`), [world.name, `${world.name}-a`], (name) =>
          world.apply({ name, pools: name === world.name ? ['a-b'] : ['b'] }),
        ),
    },
  },
  DeleteCluster: {
    'management-object': {
      async own() {
        await world.apply()
        expect(await remove()).toMatchObject({ changes: [{ action: 'deleted' }] })
        expect(await remove()).toMatchObject({ changes: [{ action: 'deleted' }] })
        expect(await found()).toBeUndefined()
      },
      async another(refuses) {
        await world.apply()
        await giveAway(pool(), world.name)
        for (const ask of removals) await refuses(pool().name, () => remove(ask))
      },
      async marked() {
        await world.apply()
        await release(pool(), world.name)
        expect(await remove()).toMatchObject({ changes: [{ action: 'deleted' }] })
      },
      async unmarked() {
        await makeByHand()
        const before = await found()
        expect(await remove()).toMatchObject({ output: { gone: false } })
        expect(await found()).toEqual(before)
      },
    },
  },
})

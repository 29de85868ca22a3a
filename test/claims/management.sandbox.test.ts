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

const applied = appliedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))
const resource = (object: string) => managementResource(clientOf(applied.management), object)
const awsCluster = () => resource(`AWSCluster default/${applied.name}`)
const pool = () => resource(`AWSNodePool default/${applied.name}-pool-0`)

function remove({ deleteCluster = true, dryRun = false } = {}) {
  const management = { credentialsSecretArn: applied.credentialsSecretArn, namespace: 'default' }
  const input = description.input.parse({ clusterName: applied.name, management, deleteCluster })
  return removal.run(input, stepContext(applied.name, 20_000, dryRun))
}

const makeByHand = () =>
  writeAs(applied.management, 'kubectl', {
    apiVersion: 'multicloud.cluster.gke.io/v1',
    kind: 'AWSCluster',
    metadata: { name: applied.name, namespace: 'default' },
    spec: { ...exampleRequest('setup').cluster.spec },
  })
const found = () => objectIn(applied.management, 'AWSCluster', { name: applied.name, namespace: 'default' })

const removals = [{}, { deleteCluster: false }, { dryRun: true }]
const other = { clear: () => applied.management.calls.clear(), writes: () => writesTo(applied.management) }
const clouds = { aws: applied.aws, other }

testCells('management', clouds, {
  ApplyCluster: {
    'management-object': {
      async own() {
        await applied.apply()
        const poolSpec = { version: '1.33.3-gke.100' }
        expect(await applied.apply({ poolSpec })).toMatchObject({
          changes: [{ action: 'unchanged' }, { action: 'updated' }],
        })
      },
      async another(refuses) {
        await giveAway(pool(), applied.name)
        for (const dryRun of [true, false]) await refuses(pool().name, () => applied.apply({ adopt: true, dryRun }))
        await release(pool(), 'another-cluster')
        await applied.apply()
        await giveAway(pool(), applied.name)
        await refuses(pool().name, () => applied.apply({ poolSpec: { version: '1.33.3-gke.100' } }))
      },
      async labelled() {
        await applied.apply()
        for (const one of [awsCluster(), pool()]) await release(one, applied.name)
        await applied.apply({ poolSpec: { version: '1.33.3-gke.100' } })
        for (const one of [awsCluster(), pool()]) expect(await ownerOf(one)).toBe(applied.name)
      },
      async unlabelled() {
        await makeByHand()
        await applied.apply({ adopt: true })
        for (const one of [awsCluster(), pool()]) expect(await ownerOf(one)).toBe(applied.name)
      },
      // The node pools of two clusters can have the same name.
      race: () =>
        requireOneOwner(
          resource(`AWSNodePool default/${applied.name}-a-b`),
          [applied.name, `${applied.name}-a`],
          (name) => applied.apply({ name, pools: name === applied.name ? ['a-b'] : ['b'] }),
        ),
    },
  },
  DeleteCluster: {
    'management-object': {
      async own() {
        await applied.apply()
        expect(await remove()).toMatchObject({ changes: [{ action: 'deleted' }] })
        expect(await remove()).toMatchObject({ changes: [{ action: 'deleted' }] })
        expect(await found()).toBeUndefined()
      },
      async another(refuses) {
        await applied.apply()
        await giveAway(pool(), applied.name)
        for (const ask of removals) await refuses(pool().name, () => remove(ask))
      },
      async labelled() {
        await applied.apply()
        await release(pool(), applied.name)
        expect(await remove()).toMatchObject({ changes: [{ action: 'deleted' }] })
      },
      async unlabelled() {
        await makeByHand()
        const before = await found()
        expect(await remove()).toMatchObject({ output: { gone: false } })
        expect(await found()).toEqual(before)
      },
    },
  },
})

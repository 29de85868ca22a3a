import { beforeEach, expect } from 'vitest'
import { issuerResource, signingKeyResource } from '../../lambdas/claims/claim.ts'
import { description } from '../../lambdas/cluster/check-cluster.step.ts'
import { run } from '../../lambdas/cluster/check-cluster.ts'
import { bastionUrl } from '../support/kubernetes/clusters.ts'
import { checkedClusters } from '../support/steps/check-cluster.ts'
import { own } from '../support/steps/claims.ts'
import { keyRefsOf } from '../support/steps/key-refs.ts'
import { stepContext } from '../support/steps/step-context.ts'
import { anotherCluster, ownerOf, requireOneOwner, testCells } from './cell-tests.ts'

const world = checkedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))
const issuerUrl = () => `https://issuers.example/${world.name}`
const issuer = () => issuerResource(issuerUrl())
let thumbprint = ''
const key = () => signingKeyResource(thumbprint)

beforeEach(async () => {
  const cluster = await world.clusters.emulate(world.name, { issuer: issuerUrl(), behindBastion: true })
  await world.keep(cluster.kubeconfig())
  await world.signedBy(cluster)
  world.publish(issuerUrl())
  const [signing] = await keyRefsOf(cluster)
  thumbprint = signing?.thumbprint ?? ''
})

/** Checks the API server of the test under this name. */
function check(name = world.name, dryRun = false) {
  const cluster = { name, provider: 'existing', credentialsSecretArn: world.secretOf(), proxyUrl: bastionUrl }
  return run(description.input.parse({ cluster }), stepContext(name, undefined, dryRun))
}

const ready = () => ({ output: { issuerUrl: issuerUrl() } })

async function claimsFirst() {
  await check(world.name, true)
  for (const resource of [issuer(), key()]) expect(await ownerOf(resource)).toBeUndefined()
  expect(await check()).toMatchObject(ready())
  for (const resource of [issuer(), key()]) expect(await ownerOf(resource)).toBe(world.name)
}

testCells('readiness', world, {
  CheckCluster: {
    issuer: {
      async own() {
        await own(world.name, issuer())
        expect(await check()).toMatchObject(ready())
      },
      async another(refuses) {
        await own(anotherCluster, issuer())
        for (const dryRun of [true, false]) await refuses(issuerUrl(), () => check(world.name, dryRun))
      },
      unmarked: claimsFirst,
      race: () => requireOneOwner(issuer(), [world.name, `${world.name}-b`], check),
    },
    'signing-key': {
      async own() {
        await own(world.name, key())
        expect(await check()).toMatchObject(ready())
      },
      async another(refuses) {
        await own(anotherCluster, key())
        for (const dryRun of [true, false]) await refuses(thumbprint, () => check(world.name, dryRun))
      },
      unmarked: claimsFirst,
      race: () => requireOneOwner(key(), [world.name, `${world.name}-b`], check),
    },
  },
})

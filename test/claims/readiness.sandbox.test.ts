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

const checked = checkedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))
const issuerUrl = () => `https://issuers.example/${checked.name}`
const issuer = () => issuerResource(issuerUrl())
let thumbprint = ''
const key = () => signingKeyResource(thumbprint)

beforeEach(async () => {
  const cluster = await checked.clusters.emulate(checked.name, { issuer: issuerUrl(), behindBastion: true })
  await checked.keep(cluster.kubeconfig())
  await checked.signedBy(cluster)
  checked.publish(issuerUrl())
  const [signing] = await keyRefsOf(cluster)
  thumbprint = signing?.thumbprint ?? ''
})

/** Checks the API server of the test under this name. */
function check(name = checked.name, dryRun = false) {
  const cluster = { name, provider: 'existing', credentialsSecretArn: checked.secretOf(), proxyUrl: bastionUrl }
  return run(description.input.parse({ cluster }), stepContext(name, undefined, dryRun))
}

const ready = () => ({ output: { issuerUrl: issuerUrl() } })

async function claimsFirst() {
  await check(checked.name, true)
  for (const resource of [issuer(), key()]) expect(await ownerOf(resource)).toBeUndefined()
  expect(await check()).toMatchObject(ready())
  for (const resource of [issuer(), key()]) expect(await ownerOf(resource)).toBe(checked.name)
}

testCells('readiness', checked, {
  CheckCluster: {
    issuer: {
      async own() {
        await own(checked.name, issuer())
        expect(await check()).toMatchObject(ready())
      },
      async another(refuses) {
        await own(anotherCluster, issuer())
        for (const dryRun of [true, false]) await refuses(issuerUrl(), () => check(checked.name, dryRun))
      },
      unlabelled: claimsFirst,
      race: () => requireOneOwner(issuer(), [checked.name, `${checked.name}-b`], check),
    },
    'signing-key': {
      async own() {
        await own(checked.name, key())
        expect(await check()).toMatchObject(ready())
      },
      async another(refuses) {
        await own(anotherCluster, key())
        for (const dryRun of [true, false]) await refuses(thumbprint, () => check(checked.name, dryRun))
      },
      unlabelled: claimsFirst,
      race: () => requireOneOwner(key(), [checked.name, `${checked.name}-b`], check),
    },
  },
})

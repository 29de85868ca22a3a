import { beforeAll, beforeEach, expect } from 'vitest'
import { issuerResource, signingKeyResource } from '../../lambdas/claims/claim.ts'
import { release } from '../../lambdas/claims/claims.ts'
import * as publication from '../../lambdas/discovery/publish-discovery.ts'
import * as removal from '../../lambdas/discovery/remove-discovery.ts'
import * as revocation from '../../lambdas/discovery/revoke-key.ts'
import { readClusterStatus } from '../../lambdas/operations/record/cluster-record.ts'
import type { KeyRef } from '../../lambdas/operations/record/record.ts'
import type { Cluster } from '../../sandbox/kubernetes/clusters/cluster.ts'
import { SecretKeeper } from '../../sandbox/secrets.ts'
import { recordEndedSetup } from '../support/api/operations.ts'
import { awsAccount } from '../support/aws/aws-account.ts'
import { issuerBucket } from '../support/google/issuer-bucket.ts'
import { reachableClusters } from '../support/kubernetes/reachable-clusters.ts'
import { own } from '../support/steps/claims.ts'
import { keyRefsOf } from '../support/steps/key-refs.ts'
import { stepContext } from '../support/steps/step-context.ts'
import { anotherCluster, giveAway, ownerOf, testCells } from './cell-tests.ts'

const host = 'oidc.example.com'
const aws = awsAccount()
const clusters = reachableClusters()
const issuers = issuerBucket(clusters, host)
let cluster: Cluster
let secrets: SecretKeeper
let key: KeyRef
/** The recorded cluster of each test. All share the API server above. */
let name = ''
let credentialsSecretArn = ''

beforeAll(async () => {
  secrets = new SecretKeeper(aws.endpoint)
  cluster = await clusters.emulate('edge', { issuer: `https://${host}/edge` })
  const [first] = await keyRefsOf(cluster)
  if (!first) throw new Error('the cluster has no key')
  key = first
})
beforeEach(async () => {
  name = await recordEndedSetup({ example: 'kubeadm' })
  credentialsSecretArn = await secrets.keep(`${name}/user-cluster`, cluster.kubeconfig())
})

const issuerUrl = () => `https://${host}/${name}`
const issuer = () => issuerResource(issuerUrl())
const signingKey = () => signingKeyResource(key.thumbprint)
const input = () => ({ target: { name, credentialsSecretArn }, issuerUrl: issuerUrl() })
const context = (dryRun = false) => stepContext(name, 20_000, dryRun)

/** Publishes the documents, as during the first setup. */
const publish = (dryRun = false) => publication.run(input(), context(dryRun))
const revoke = () => revocation.run({ ...input(), key, force: true, revokedBy: 'somebody' }, context())
const remove = (dryRun = false) => removal.run({ issuerUrl: issuerUrl() }, context(dryRun))
const keySet = () => issuers.textOf(`${name}/openid/v1/jwks`)
const clouds = { aws }

testCells('discovery', clouds, {
  PublishDiscovery: {
    issuer: {
      async own() {
        await own(name, issuer())
        expect(await publish()).toMatchObject({ changes: [{ action: 'created' }, { action: 'created' }] })
      },
      async another(refuses) {
        await own(anotherCluster, issuer())
        for (const dryRun of [true, false]) await refuses(issuerUrl(), () => publish(dryRun))
      },
      async labelled(refuses) {
        await publish()
        await release(issuer(), name)
        for (const dryRun of [true, false]) await refuses(issuerUrl(), () => publish(dryRun))
      },
      async unlabelled() {
        await publish(true)
        expect(await ownerOf(issuer())).toBeUndefined()
        expect(await publish()).toMatchObject({ changes: [{ action: 'created' }, { action: 'created' }] })
        expect(await ownerOf(issuer())).toBe(name)
      },
    },
    'signing-key': {
      async own() {
        await own(name, signingKey())
        await publish()
        await release(signingKey(), name)
        expect(await keySet()).toContain(key.kid)
      },
      async another(refuses) {
        await own(anotherCluster, signingKey())
        for (const dryRun of [true, false]) await refuses(key.thumbprint, () => publish(dryRun))
        await release(signingKey(), anotherCluster)
      },
      async unlabelled() {
        await publish()
        expect(await keySet()).toContain(key.kid)
        expect(await ownerOf(signingKey())).toBeUndefined()
      },
    },
  },
  RevokeKey: {
    issuer: {
      async own() {
        await publish()
        await revoke()
        expect(await keySet()).not.toContain(key.kid)
        expect(await readClusterStatus(name)).toMatchObject({ revokedKeys: [{ kid: key.kid }] })
      },
      async another(refuses) {
        await publish()
        await giveAway(issuer(), name)
        await refuses(issuerUrl(), revoke)
        expect(await readClusterStatus(name)).not.toHaveProperty('revokedKeys')
      },
      async labelled(refuses) {
        await publish()
        await release(issuer(), name)
        await refuses(issuerUrl(), revoke)
        expect(await readClusterStatus(name)).not.toHaveProperty('revokedKeys')
      },
      async unlabelled(refuses) {
        await refuses(issuerUrl(), revoke)
      },
    },
  },
  RemoveDiscovery: {
    issuer: {
      async own() {
        await publish()
        expect(await remove()).toMatchObject({ changes: [{ action: 'deleted' }, { action: 'deleted' }] })
        expect(await keySet()).toBeUndefined()
      },
      async another(refuses) {
        await publish()
        await giveAway(issuer(), name)
        for (const dryRun of [true, false]) await refuses(issuerUrl(), () => remove(dryRun))
      },
      async labelled(refuses) {
        await publish()
        await release(issuer(), name)
        for (const dryRun of [true, false]) await refuses(issuerUrl(), () => remove(dryRun))
      },
      async unlabelled() {
        expect(await remove()).toMatchObject({ changes: [] })
      },
    },
  },
})

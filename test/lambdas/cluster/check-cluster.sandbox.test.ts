import { beforeEach, describe, expect, it } from 'vitest'
import { issuerResource } from '../../../lambdas/claims/claim.ts'
import { ownerOfEach } from '../../../lambdas/claims/claims.ts'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import type { ClusterOptions } from '../../support/kubernetes/clusters.ts'
import { checkedClusters } from '../../support/steps/check-cluster.ts'
import { foundStatus } from '../../support/steps/step-context.ts'

const apiVersion = 'multicloud.cluster.gke.io/v1'

const fixture = checkedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))
beforeEach(async () => {
  fixture.management.faults.clear()
  await fixture.aws.faults.clear()
})

const issuerOf = () => `https://issuers.example/${fixture.name}`

function putAwsCluster(status?: object): void {
  fixture.management.store.put({
    apiVersion,
    kind: 'AWSCluster',
    metadata: {
      name: fixture.name,
      namespace: 'default',
      uid: `uid-${fixture.name}`,
      resourceVersion: '',
      creationTimestamp: '2026-11-25T10:00:00Z',
    },
    spec: { controlPlane: { workloadIdentity: { oidcDiscoveryGCSBucket: 'prod-oidc' } } },
    ...(status && { status }),
  })
}

const provisioned = () =>
  putAwsCluster({ clusterID: `id-${fixture.name}`, workloadIdentityInfo: { issuerURL: issuerOf() } })

async function startUser(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await fixture.clusters.emulate(fixture.name, { issuer: issuerOf(), behindBastion: true, ...options })
  await fixture.keep(cluster.kubeconfig())
  await fixture.signedBy(cluster)
  return cluster
}

describe('a cluster of Anthos on AWS', () => {
  it.each(['refuse', 'unavailable'] as const)(
    'is waited for without events when they cannot be listed: %s',
    async (kind) => {
      putAwsCluster()
      fixture.management.faults.add({ kind, operation: 'GET *events*', times: 1 })

      expect(await fixture.check()).toMatchObject({ waiting: { events: [] } })
    },
  )

  it('waits until a new cluster has created its first account', async () => {
    provisioned()
    fixture.publish(issuerOf())
    const { store } = await startUser()
    const account = store.get('ServiceAccount', 'default', 'default')
    if (account) store.remove(account)

    expect(await fixture.check()).toMatchObject({
      waiting: { reason: expect.stringContaining('no ServiceAccount default/default') },
    })
  })

  it('waits for its API server while that starts and refuses requests', async () => {
    provisioned()
    fixture.publish(issuerOf())
    const user = await startUser()
    user.isReady = false
    user.faults.add({ kind: 'refuse', operation: 'GET /version', times: 1 })

    expect(await fixture.check()).toMatchObject({
      waiting: { reason: expect.stringContaining('may not get /version') },
    })
    user.isReady = true
    expect(await fixture.check()).toMatchObject({ output: {} })
  })

  it('is refused when its version is older than 1.19', async () => {
    provisioned()
    fixture.publish(issuerOf())
    await startUser({ version: '1.18.20' })

    await expect(fixture.check()).rejects.toMatchObject({
      name: 'Unsupported',
      reason: expect.stringContaining('it runs Kubernetes v1.18.20'),
    })
  })
})

describe('an existing cluster', () => {
  const refusesAll = { kind: 'refuse', operation: '*', times: 99 } as const

  it.each([{}, { issuerUrl: 'https://issuers.example/any' }])(
    'is tried again while its API server starts and refuses requests: %j',
    async (request) => {
      const user = await startUser()
      user.faults.add(refusesAll)
      await expect(fixture.checkExisting(request)).rejects.toMatchObject({ name: 'CloudUnavailable', transient: true })
    },
  )

  it('is refused permanently when the credentials may read the version and may not create a token', async () => {
    const user = await startUser()
    user.faults.add({ ...refusesAll, operation: 'POST *serviceaccounts/default/token*' })
    await expect(fixture.checkExisting()).rejects.toMatchObject({
      name: 'AccessDenied',
      transient: false,
      reason: expect.stringMatching(/may not create serviceaccounts\/token on cluster prod-\d+$/),
    })
  })

  it('that moves to a hosted issuer is waited for while its API server restarts', async () => {
    fixture.publish(issuerOf())
    const user = await startUser()
    const hosted = { issuerUrl: issuerOf(), hosted: true }
    fixture.clusters.bastion.unroute(`${user.settings.host}:443`)
    expect(await fixture.checkExisting(hosted)).toMatchObject({
      waiting: { reason: expect.stringContaining(`${user.settings.host}:443`) },
    })
    await expect(fixture.checkExisting(hosted, { dryRun: true })).rejects.toMatchObject({ name: 'Unreachable' })
    fixture.clusters.bastion.route(`${user.settings.host}:443`, user.port)
    user.faults.add(refusesAll)
    expect(await fixture.checkExisting(hosted)).toMatchObject({
      waiting: { reason: expect.stringContaining('may not get /version') },
    })
    user.faults.clear()
    expect(await fixture.checkExisting(hosted)).toMatchObject({ output: { issuerUrl: issuerOf() } })
  })

  it('is refused when its tokens name an issuer inside the cluster', async () => {
    await startUser({ issuer: 'https://kubernetes.default.svc.cluster.local' })

    await expect(fixture.checkExisting()).rejects.toMatchObject({
      name: 'Unsupported',
      action: expect.stringContaining('--service-account-issuer'),
    })
  })

  it('does not prove an issuer with the token of a pod of another cluster', async () => {
    const other = await fixture.clusters.emulate('other', { issuer: issuerOf(), behindBastion: true })
    await fixture.signedBy(other)
    fixture.publish(issuerOf())
    const pod = { namespace: 'default', name: 'default', uid: 'uid' }
    const ofPod = await other.signer.sign(pod, ['sts.amazonaws.com'], 86_400)
    const own = await fixture.clusters.emulate(fixture.name, { issuer: issuerOf(), behindBastion: true })
    own.signer.sign = async () => ofPod
    await fixture.keep(own.kubeconfig())

    expect(await fixture.checkExisting({ issuerUrl: issuerOf() })).toMatchObject({
      waiting: { reason: expect.stringContaining('are not signed with a key that') },
    })
    expect(await ownerOfEach([issuerResource(issuerOf())])).toEqual([undefined])
  })
})

// Kubernetes has more than one issuer from 1.22 on.
describe('a cluster with only one issuer', () => {
  const hostedIssuer = () => `https://issuers.example/hosted/${fixture.name}`
  const hosted = () => ({ issuerUrl: hostedIssuer(), hosted: true })

  it('may move only if the request accepts that the tokens of its pods are refused', async () => {
    fixture.publish(hostedIssuer())
    await startUser({ version: '1.21.14' })
    await expect(fixture.checkExisting(hosted())).rejects.toMatchObject({
      name: 'ConsentMissing',
      object: `cluster ${fixture.name}`,
      action: expect.stringContaining('discovery.acceptRefusedTokens'),
    })
    expect(await fixture.checkExisting({ ...hosted(), acceptRefusedTokens: true })).toMatchObject({
      waiting: {
        reason: expect.stringContaining('Bound tokens are refused for up to 50 minutes.'),
      },
    })
  })

  it('is refused before a move, and a verification during a move names the new issuer', async () => {
    fixture.publish(hostedIssuer())
    await startUser({ version: '1.21.14' })
    const before = { ...foundStatus({ issuerUrl: issuerOf() }), verifiedAt: '2026-11-25T12:00:00.000Z' }
    await expect(fixture.checkExisting(hosted(), { status: before })).rejects.toMatchObject({ name: 'ConsentMissing' })
    const moving = { ...before, ...foundStatus({ issuerUrl: hostedIssuer() }), formerIssuer: { issuerUrl: issuerOf() } }
    expect(await fixture.checkExisting({ issuerUrl: hostedIssuer() }, { status: moving })).toMatchObject({
      waiting: { reason: expect.stringContaining(hostedIssuer()) },
    })
  })

  it('needs no consent if it is newer, because it keeps the old issuer as its second', async () => {
    fixture.publish(hostedIssuer())
    await startUser()
    expect(await fixture.checkExisting(hosted())).toMatchObject({ waiting: { reason: expect.any(String) } })
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { issuerResource } from '../../../lambdas/claims/claim.ts'
import { ownerOfEach } from '../../../lambdas/claims/claims.ts'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import type { ClusterOptions } from '../../support/kubernetes/clusters.ts'
import { checkedClusters } from '../../support/steps/check-cluster.ts'
import { foundStatus } from '../../support/steps/step-context.ts'

const apiVersion = 'multicloud.cluster.gke.io/v1'

const world = checkedClusters((clusters) => clusters.emulate('management', { management: true, behindBastion: true }))
beforeEach(async () => {
  world.management.faults.clear()
  await world.aws.faults.clear()
})

const issuerOf = () => `https://issuers.example/${world.name}`

/** As the management service does it: the AWSCluster first, its status later. */
function putAwsCluster(status?: object, workloadIdentity: object = { oidcDiscoveryGCSBucket: 'prod-oidc' }): void {
  world.management.store.put({
    apiVersion,
    kind: 'AWSCluster',
    metadata: {
      name: world.name,
      namespace: 'default',
      uid: `uid-${world.name}`,
      resourceVersion: '',
      creationTimestamp: '2026-11-25T10:00:00Z',
    },
    spec: { controlPlane: { workloadIdentity } },
    ...(status && { status }),
  })
}

const provisioned = () =>
  putAwsCluster({ clusterID: `id-${world.name}`, workloadIdentityInfo: { issuerURL: issuerOf() } })

async function startUser(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await world.clusters.emulate(world.name, { issuer: issuerOf(), behindBastion: true, ...options })
  await world.keep(cluster.kubeconfig())
  await world.signedBy(cluster)
  return cluster
}

describe('a cluster of Anthos on AWS', () => {
  it.each(['refuse', 'unavailable'] as const)(
    'is waited for without events where they cannot be listed: %s',
    async (kind) => {
      putAwsCluster()
      world.management.faults.add({ kind, operation: 'GET *events*', times: 1 })

      expect(await world.check()).toMatchObject({ waiting: { events: [] } })
    },
  )

  it('waits until a new cluster has made its first account', async () => {
    provisioned()
    world.publish(issuerOf())
    const { store } = await startUser()
    const account = store.get('ServiceAccount', 'default', 'default')
    if (account) store.remove(account)

    expect(await world.check()).toMatchObject({
      waiting: { reason: expect.stringContaining('no ServiceAccount default/default') },
    })
  })

  it('waits for its API server while that lets nobody in yet', async () => {
    provisioned()
    world.publish(issuerOf())
    const user = await startUser()
    user.isReady = false
    user.faults.add({ kind: 'refuse', operation: 'GET /version', times: 1 })

    expect(await world.check()).toMatchObject({ waiting: { reason: expect.stringContaining('may not get /version') } })
    user.isReady = true
    expect(await world.check()).toMatchObject({ output: {} })
  })

  it('is refused by its version when it is older than 1.19', async () => {
    provisioned()
    world.publish(issuerOf())
    await startUser({ version: '1.18.20' })

    await expect(world.check()).rejects.toMatchObject({
      name: 'Unsupported',
      reason: expect.stringContaining('it runs Kubernetes v1.18.20'),
    })
  })
})

describe('an existing cluster', () => {
  const refusesAll = { kind: 'refuse', operation: '*', times: 99 } as const

  it.each([{}, { issuerUrl: 'https://issuers.example/any' }])(
    'is tried again while its API server has just started and lets nobody in yet: %j',
    async (request) => {
      const user = await startUser()
      user.faults.add(refusesAll)
      await expect(world.checkExisting(request)).rejects.toMatchObject({ name: 'CloudUnavailable', transient: true })
    },
  )

  it('is refused for good when the server lets its version be read, and no token be made', async () => {
    const user = await startUser()
    user.faults.add({ ...refusesAll, operation: 'POST *serviceaccounts/default/token*' })
    await expect(world.checkExisting()).rejects.toMatchObject({
      name: 'AccessDenied',
      transient: false,
      reason: expect.stringMatching(/may not create serviceaccounts\/token on cluster prod-\d+$/),
    })
  })

  it('that is to change its issuer is waited for while its API server restarts', async () => {
    world.publish(issuerOf())
    const user = await startUser()
    const hosted = { issuerUrl: issuerOf(), hosted: true }
    world.clusters.bastion.unroute(`${user.settings.host}:443`)
    expect(await world.checkExisting(hosted)).toMatchObject({
      waiting: { reason: expect.stringContaining(`${user.settings.host}:443`) },
    })
    await expect(world.checkExisting(hosted, { dryRun: true })).rejects.toMatchObject({ name: 'Unreachable' })
    world.clusters.bastion.route(`${user.settings.host}:443`, user.port)
    user.faults.add(refusesAll)
    expect(await world.checkExisting(hosted)).toMatchObject({
      waiting: { reason: expect.stringContaining('may not get /version') },
    })
    user.faults.clear()
    expect(await world.checkExisting(hosted)).toMatchObject({ output: { issuerUrl: issuerOf() } })
  })

  it('is refused when its tokens name an issuer inside the cluster', async () => {
    await startUser({ issuer: 'https://kubernetes.default.svc.cluster.local' })

    await expect(world.checkExisting()).rejects.toMatchObject({
      name: 'Unsupported',
      action: expect.stringContaining('--service-account-issuer'),
    })
  })

  it('does not prove an issuer by the token of a pod of the cluster that has it', async () => {
    const other = await world.clusters.emulate('other', { issuer: issuerOf(), behindBastion: true })
    await world.signedBy(other)
    world.publish(issuerOf())
    const pod = { namespace: 'default', name: 'default', uid: 'uid' }
    const ofPod = await other.signer.sign(pod, ['sts.amazonaws.com'], 86_400)
    const own = await world.clusters.emulate(world.name, { issuer: issuerOf(), behindBastion: true })
    own.signer.sign = async () => ofPod
    await world.keep(own.kubeconfig())

    expect(await world.checkExisting({ issuerUrl: issuerOf() })).toMatchObject({
      waiting: { reason: expect.stringContaining('are not signed with a key that') },
    })
    expect(await ownerOfEach([issuerResource(issuerOf())])).toEqual([undefined])
  })
})

describe('a cluster that holds one issuer only', () => {
  const hostedIssuer = () => `https://issuers.example/hosted/${world.name}`
  const hosted = () => ({ issuerUrl: hostedIssuer(), hosted: true })

  it('is asked to change it only by a request that accepts that the tokens of its pods are refused then', async () => {
    world.publish(hostedIssuer())
    await startUser({ version: '1.21.14' })
    await expect(world.checkExisting(hosted())).rejects.toMatchObject({
      name: 'ConsentMissing',
      object: `cluster ${world.name}`,
      action: expect.stringContaining('discovery.acceptRefusedTokens'),
    })
    expect(await world.checkExisting({ ...hosted(), acceptRefusedTokens: true })).toMatchObject({
      waiting: { reason: expect.stringContaining('This refuses every bound token until its pod restarts.') },
    })
  })

  it('is refused before a move has made anything, and its verification says what is left of a move', async () => {
    world.publish(hostedIssuer())
    await startUser({ version: '1.21.14' })
    const before = { ...foundStatus({ issuerUrl: issuerOf() }), verifiedAt: '2026-11-25T12:00:00.000Z' }
    await expect(world.checkExisting(hosted(), { status: before })).rejects.toMatchObject({ name: 'ConsentMissing' })
    const moving = { ...before, ...foundStatus({ issuerUrl: hostedIssuer() }), formerIssuer: { issuerUrl: issuerOf() } }
    expect(await world.checkExisting({ issuerUrl: hostedIssuer() }, { status: moving })).toMatchObject({
      waiting: { reason: expect.stringContaining(hostedIssuer()) },
    })
  })

  it('needs no consent when it keeps the old issuer second', async () => {
    world.publish(hostedIssuer())
    await startUser()
    expect(await world.checkExisting(hosted())).toMatchObject({ waiting: { reason: expect.any(String) } })
  })
})
